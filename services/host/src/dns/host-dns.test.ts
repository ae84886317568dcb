import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseCheckpoint } from '@volact/core/document/checkpoint'
import { requireGrown, type VerifiedAnswer } from '@volact/core/document/verify-answer'
import { parseCheckpointText } from '@volact/core/wire/checkpoint-text'
import type { Message, MessageBody } from '@volact/core/wire/message'
import { type Bind, startBind } from '@volact/testkit/bind'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { type LoadedConfig, usualSettings } from '../config/load-config.ts'
import { makeActivatedHost, serve } from '../host.fixture.ts'
import { ask, TestMachine } from '../machine.fixture.ts'
import { makeVendor, start, type TestVendor } from '../vendor.fixture.ts'
import { askDns } from './ask-dns.ts'
import { parseDnsSettings } from './settings.ts'

const quiet = { now: () => start, note: () => undefined }

/** Settings that publish the host there. */
function publishedAt({ address }: Bind): { readonly settings: () => LoadedConfig } {
  const dns = parseDnsSettings({ zones: [{ zone: 'corp.test', server: address, name: 'act1.corp.test' }] })
  return { settings: () => ({ ...usualSettings, dns }) }
}

function sizesAt(bind: Bind, { catalog }: TestVendor): readonly number[] {
  const texts = bind.dig('TXT', `_volact._tcp.${catalog.vendor.id}._vendors.corp.test`).split('\n')
  const checkpoints = texts.map((text) => parseCheckpointText(text.slice(1, -1).replaceAll('" "', '')))
  return checkpoints.map((bytes) => (bytes === undefined ? 0 : parseCheckpoint(bytes).size))
}

describe('a running host', () => {
  it('publishes itself, and its copy from yesterday stops when it finds the checkpoint of today (rules 26, 29)', async () => {
    const bind = await startBind({ 'corp.test': { statements: 'allow-update { 127.0.0.1; };' } })
    const vendor = makeVendor({ threshold: 1 })
    const dir = await makeActivatedHost(vendor)
    const copy = join(temporaryFolder(), 'copy')
    cpSync(dir, copy, { recursive: true })
    const host = await serve(dir, { now: start }, publishedAt(bind))
    expect(await ask(host.address, new TestMachine('one').request(vendor.desktop, start).message)).toMatchObject({
      kind: 'grant',
    })
    await askDns(dir, { act: 'publish' }, quiet)
    const [port = ''] = /\d+$/.exec(host.address) ?? []
    expect(bind.dig('SRV', '_volact._tcp.corp.test')).toBe(`0 0 ${port} act1.corp.test.`)
    const size = host.status().ledger?.size ?? 0
    expect(sizesAt(bind, vendor)).toEqual([size])
    await host.close()
    expect(bind.dig('SRV', '_volact._tcp.corp.test')).not.toBe('')

    // It remembers what was published, as after a restore of the ledger alone.
    cpSync(join(dir, 'dns.json'), join(copy, 'dns.json'))
    const back = await serve(copy, { now: start }, publishedAt(bind))
    await askDns(copy, { act: 'publish' }, quiet)
    expect(back.status()).toMatchObject({ halted: 'HOST_ROLLED_BACK' })
    expect(sizesAt(bind, vendor)).toEqual([size])
    await back.close()
    expect(readFileSync(join(copy, 'dns.json'), 'utf8')).toContain('act1.corp.test')
  })

  it('shows growth from two sizes at once to who has found a checkpoint in DNS (rules 25, 29)', async () => {
    const vendor = makeVendor({ threshold: 1 })
    const host = await serve(await makeActivatedHost(vendor), { now: start })
    const [one, two] = [new TestMachine('one'), new TestMachine('two')]
    const renew = async (machine: TestMachine, since?: number): Promise<[VerifiedAnswer, Message]> => {
      const sent = machine.request(vendor.desktop, start)
      const answer = await ask(host.address, { ...sent.message, ...(since !== undefined && { since }) } as MessageBody)
      return [machine.accept(vendor, sent, answer), answer]
    }
    const [{ head, checkpoint: kept }] = await renew(one)
    const [{ checkpoint: found }] = await renew(two)
    one.checkpoint = found
    const [verified, answer] = await renew(one, head.size)
    const since = answer.kind === 'grant' ? answer.since : undefined
    expect(since?.from).toBe(head.size)
    requireGrown(verified.head, { ...(since && { consistency: since }) }, kept)
    const [, other] = await renew(one, 1_000)
    expect(other).not.toHaveProperty('since')
    await host.close()
  })

  it('serves whatever DNS does, and a command does the same without it', async () => {
    const bind = await startBind({ 'corp.test': '' })
    const vendor = makeVendor({ threshold: 1 })
    const dir = await makeActivatedHost(vendor)
    const host = await serve(dir, { now: start }, publishedAt(bind))
    await expect(askDns(dir, { act: 'publish' }, quiet)).rejects.toMatchObject({ code: 'DNS_UPDATE_REFUSED' })
    expect(await ask(host.address, new TestMachine('one').request(vendor.desktop, start).message)).toMatchObject({
      kind: 'grant',
    })
    await host.close()
    const open = await startBind({ 'open.test': { statements: 'allow-update { 127.0.0.1; };' } })
    const zone = { zone: 'open.test', server: open.address, name: 'act1.corp.test' }
    await askDns(dir, { act: 'publish', zone, port: 1_700 }, quiet)
    expect(open.dig('SRV', '_volact._tcp.open.test')).toBe('0 0 1700 act1.corp.test.')
    expect((await askDns(dir, { act: 'status' }, quiet)).zones).toMatchObject([
      { zone: 'open.test', state: 'published' },
    ])
    await askDns(dir, { act: 'withdraw' }, quiet)
    expect(open.dig('SRV', '_volact._tcp.open.test')).toBe('')
  })
})
