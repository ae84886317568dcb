import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filled, grantTime } from '@volact/core/document/host.fixture'
import type { TestHost } from '@volact/core/document/host.fixture'
import { openRelease } from '@volact/core/document/release'
import { days } from '@volact/core/time'
import {
  codeOf,
  honest,
  releasedBy,
  type Reply,
  type ScriptedHost,
  setupKey,
  shortLimits,
  TestVendor,
} from '../client.fixture.ts'
import { leaseOf, newClient, type Setting, startScripted } from '../setting.fixture.ts'

const vendor = new TestVendor()

interface Licensed extends Setting {
  readonly host: TestHost
  readonly server: ScriptedHost
}

async function licensed(): Promise<Licensed> {
  const setting = await newClient(vendor, { limits: shortLimits })
  const host = vendor.host()
  const server = await startScripted(honest(host, setting.clock.now))
  setting.client.installKey(setupKey)
  await setting.client.activate({ host: server.address })
  setting.clock.time += days(5)
  return { ...setting, host, server }
}

describe('a release (rule 38)', () => {
  it('is signed for the grant, goes to the host that gave it, and is believed by its receipt; then the lease is forgotten', async () => {
    const { client, server, host, clock, dir, reopen } = await licensed()
    server.reply = (message) => releasedBy(host, message, clock.time)
    expect(await client.release()).toMatchObject({ product: 'desktop-1', host: server.address })
    const message = server.messages.at(-1)
    if (message?.kind !== 'release') throw new Error('no release was sent')
    expect(openRelease(message.release).release).toMatchObject({
      logId: host.logId,
      grant: filled(0x55, 16),
      time: clock.time,
    })
    expect(() => leaseOf(dir)).toThrow('ENOENT')
    expect((await reopen()).status()).toMatchObject({ state: 'initial-grace', expires: grantTime + days(30) })
    expect(await codeOf(() => client.release())).toBe('NOT_BOUND')
  })

  it.each<[string, string, (of: Licensed) => Parameters<typeof startScripted>[0]]>([
    ['is silent', 'HOST_MUTE', () => () => 'silence'],
    [
      'refuses',
      'GRANT_NOT_LAST',
      () => (): Reply => ({ kind: 'refusal', code: 'LEASE_MISMATCH', text: 'not the last' }),
    ],
    ['answers something else', 'MALFORMED', () => () => ({ kind: 'host-information-query' })],
    [
      'shows another release',
      'LEASE_MISMATCH',
      ({ host, clock }) =>
        (message) =>
          releasedBy(host, message, clock.time, { req: filled(7) }),
    ],
    [
      'shows another ledger',
      'LOG_MISMATCH',
      ({ clock }) =>
        (message) =>
          releasedBy(vendor.host(), message, clock.time),
    ],
  ])('to a host that %s takes nothing away', async (_, code, reply) => {
    const on = await licensed()
    const before = leaseOf(on.dir)
    on.server.reply = reply(on)
    expect(await codeOf(() => on.client.release())).toBe(code === 'GRANT_NOT_LAST' ? 'LEASE_MISMATCH' : code)
    expect(leaseOf(on.dir)).toEqual(before)
    expect((await on.reopen()).status()).toMatchObject({ state: 'licensed', notes: [] })
  })

  it('to a host that cannot be reached says so and takes nothing away', async () => {
    const on = await licensed()
    expect(await codeOf(() => on.client.release('desktop-1', '127.0.0.1:1'))).toBe('HOST_UNREACHABLE')
    expect(on.client.status().state).toBe('licensed')
  })

  it('of a lease whose host nobody knows any more asks for it', async () => {
    const on = await licensed()
    const path = join(on.dir, 'client.json')
    const settings = JSON.parse(readFileSync(path, 'utf8')) as { logs: unknown[] }
    expect(settings.logs).toHaveLength(1)
    on.server.reply = (message) => releasedBy(on.host, message, on.clock.time)
    writeFileSync(path, JSON.stringify({ ...settings, logs: [] }))
    await expect(on.client.release()).rejects.toThrow('--host')
    expect(await on.client.release(undefined, on.server.address)).toMatchObject({ product: 'desktop-1' })
  })
})
