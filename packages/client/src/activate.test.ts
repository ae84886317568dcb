import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { filled, grantTime } from '@volact/core/document/host.fixture'
import { parseLeaseFile } from '@volact/core/document/lease'
import { openLease } from '@volact/core/document/verify-lease'
import { ActivationError } from '@volact/core/errors/activation-error'
import { freePort } from '@volact/testkit/free-port'
import type { MessageBody } from '@volact/core/wire/message'
import { days, minutes } from '@volact/core/time'
import { activation, codeOf, honest, setupKey, TestVendor } from './client.fixture.ts'
import { leaseOf, newClient, startScripted } from './setting.fixture.ts'

const vendor = new TestVendor()

const tooFew: MessageBody = {
  kind: 'refusal',
  code: 'COUNT_INSUFFICIENT',
  text: 'this host has seen 3 of the 25 machines that Desktop 1 needs',
  detail: { count: 3, threshold: 25, weak: 0 },
  retryAfter: minutes(120),
}

describe('an activation', () => {
  it('keeps a verified lease and the checkpoint, and says until when', async () => {
    const { client, dir, clock } = await newClient(vendor)
    const host = vendor.host()
    const server = await startScripted(honest(host, clock.now))
    client.installKey(setupKey)
    client.setHost(server.address)
    expect(await client.activate()).toMatchObject({
      ...{ outcome: 'activated', product: 'desktop-1', host: server.address, expires: grantTime + days(180) },
      ...{ count: 30, threshold: 25, thresholdSource: 'policy', customer: 'Example Customer', leaseIndex: 2 },
      ...{ logId: toHex(host.logId), test: false },
    })
    expect(client.status()).toMatchObject({
      ...{ state: 'licensed', number: 1, expires: grantTime + days(180), count: 30, threshold: 25, leaseIndex: 2 },
      ...{ product: { slug: 'desktop-1' }, vendor: { id: 'example' }, protected: true, test: false, hardware: 'real' },
      ...{ notes: [], host: server.address },
    })
    expect(readdirSync(join(dir, 'checkpoints'))).toEqual([`${toHex(host.logId)}.cose`])
    expect(readdirSync(join(dir, 'pending'))).toEqual([])
    const file = client.exportLease()
    expect(openLease(parseLeaseFile(file), { roots: [vendor.root.certificate], at: clock.time }).grant.index).toBe(2)
  })

  it('names the address while the ledger is not known, and afterwards the ledger, the last grant and the checkpoint (rule 13)', async () => {
    const { client, clock } = await newClient(vendor)
    const host = vendor.host()
    const server = await startScripted(honest(host, clock.now))
    client.installKey(setupKey)
    client.setHost(server.address)
    await client.activate()
    clock.time += days(7)
    await client.activate()
    const [first, second] = server.requests.map(({ request }) => request)
    expect(first).toMatchObject({ audience: { kind: 'address', address: server.address }, state: 2 })
    expect([first?.prev, first?.checkpoint]).toEqual([undefined, undefined])
    expect(second).toMatchObject({ audience: { kind: 'log', logId: host.logId }, state: 1, prev: filled(0x55, 16) })
    expect(second?.checkpoint).toBeDefined()
    expect(server.messages.map((message) => activation(message).knownCertificate)).toEqual([undefined, host.x5t])
  })

  it('takes a grant without a chain when the host was told that it is known (protocol.md §9.1)', async () => {
    const { client, clock } = await newClient(vendor)
    const host = vendor.host()
    const grant = honest(host, clock.now)
    const server = await startScripted((message) => {
      const answer = grant(message)
      const isKnown = activation(message).knownCertificate !== undefined
      return isKnown && answer.kind === 'grant'
        ? { kind: 'grant', entry: answer.entry, receipt: answer.receipt }
        : answer
    })
    client.installKey(setupKey)
    client.setHost(server.address)
    await client.activate()
    clock.time += days(7)
    expect(await client.activate()).toMatchObject({ outcome: 'activated', expires: clock.time + days(180) })
    expect(client.status()).toMatchObject({ state: 'licensed', notes: [] })
  })

  it('answers a challenge once, with the same otherwise, and not a second one (rule 16)', async () => {
    const { client, clock } = await newClient(vendor)
    const host = vendor.host()
    const grant = honest(host, clock.now)
    const challenge = filled(0xc1, 16)
    const server = await startScripted((message) =>
      server.messages.length === 1 ? { kind: 'challenge', challenge } : grant(message),
    )
    client.installKey(setupKey)
    client.setHost(server.address)
    expect(await client.activate()).toMatchObject({ outcome: 'activated' })
    expect(server.requests.map(({ request }) => request.challenge)).toEqual([undefined, challenge])
    server.reply = () => ({ kind: 'challenge', challenge })
    expect(await codeOf(() => client.activate())).toBe('CHALLENGE_EXPIRED')
    expect(server.messages).toHaveLength(4)
  })

  it('goes on with a host that was set up again, under its new ledger', async () => {
    const { client, clock } = await newClient(vendor)
    const server = await startScripted(honest(vendor.host(), clock.now))
    client.installKey(setupKey)
    client.setHost(server.address)
    await client.activate()
    const host = vendor.host()
    const grant = honest(host, clock.now)
    server.reply = (message) =>
      server.requests.at(-1)?.request.audience.kind === 'log'
        ? { kind: 'refusal', code: 'LOG_MISMATCH', text: 'not my log' }
        : grant(message)
    expect(await client.activate()).toMatchObject({ outcome: 'activated', logId: toHex(host.logId) })
    expect(server.requests.at(-1)?.request.prev).toBeUndefined()
  })

  it('names its last grant to a host that it meets under another name, or that would take it for a second branch (rule 18)', async () => {
    const { client, clock } = await newClient(vendor)
    const host = vendor.host()
    const [one, moved] = [await startScripted(honest(host, clock.now)), await startScripted(honest(host, clock.now))]
    client.installKey(setupKey)
    await client.activate({ host: one.address })
    clock.time += 60
    await client.activate({ host: moved.address })
    expect(moved.requests[0]?.request).toMatchObject({ audience: { kind: 'address' }, prev: filled(0x55, 16) })
  })

  it('demands that a ledger it knows continues, also where it is met under another name (rule 25)', async () => {
    const { client, clock } = await newClient(vendor)
    const host = vendor.host()
    const other = vendor.host()
    const one = await startScripted(honest(host, clock.now))
    const two = await startScripted(honest(other, clock.now))
    const again = await startScripted(honest(host, clock.now))
    client.installKey(setupKey)
    for (const server of [one, two, again]) {
      clock.time += 60
      expect(await client.activate({ host: server.address })).toMatchObject({ outcome: 'activated' })
    }
    // The newest checkpoint was of the other ledger, so the first answer proved nothing, and was asked for again.
    expect(again.requests.map(({ request }) => request.audience.kind)).toEqual(['address', 'log'])
  })
})

describe('a refusal', () => {
  it('is an answer with both numbers, and changes nothing but the next try (rule 24)', async () => {
    const { client, dir } = await newClient(vendor)
    const server = await startScripted(() => tooFew)
    client.installKey(setupKey)
    client.setHost(server.address)
    expect(await client.activate()).toMatchObject({
      ...{ outcome: 'refused', code: 'COUNT_INSUFFICIENT', count: 3, threshold: 25 },
    })
    expect(client.status()).toMatchObject({ state: 'initial-grace', number: 2, expires: grantTime + days(30) })
    // Not before the time that the host has named, and up to a quarter later.
    expect(client.status().nextAttempt).toBeGreaterThanOrEqual(grantTime + minutes(120))
    expect(client.status().nextAttempt).toBeLessThanOrEqual(grantTime + minutes(150))
    expect([existsSync(join(dir, 'licenses')), existsSync(join(dir, 'checkpoints'))]).toEqual([false, false])
  })

  it.each([
    [0, minutes(19)],
    [1e9, days(7)],
  ])('that asks for a pause of %d s gets one between 15 minutes and the renewal interval', async (asked, longest) => {
    const { client } = await newClient(vendor)
    const server = await startScripted(() => ({ ...tooFew, retryAfter: asked }))
    client.installKey(setupKey)
    const { nextAttempt } = await client.activate({ host: server.address })
    expect(nextAttempt).toBeGreaterThanOrEqual(grantTime + minutes(15))
    expect(nextAttempt).toBeLessThanOrEqual(grantTime + longest)
  })

  it('takes no running lease away, whatever it says', async () => {
    const { client, dir, clock } = await newClient(vendor)
    const server = await startScripted(honest(vendor.host(), clock.now))
    client.installKey(setupKey)
    client.setHost(server.address)
    await client.activate()
    const before = leaseOf(dir)
    const codes = ['CERTIFICATE_REVOKED', 'LICENSE_EXPIRED', 'LOG_MISMATCH', 'KEY_BLOCKED', 'CLOCK_SKEW'] as const
    for (const code of codes) {
      server.reply = () => ({ kind: 'refusal', code, text: 'no' })
      expect(await client.activate()).toMatchObject({ outcome: 'refused', code })
      expect(client.status().state).toBe('licensed')
    }
    expect(leaseOf(dir)).toEqual(before)
  })
})

describe('no host', () => {
  it('that is set is said so', async () => {
    const { client } = await newClient(vendor)
    client.installKey(setupKey)
    await expect(client.activate()).rejects.toThrow('no host is set')
    expect(await codeOf(() => client.activate())).toBe('DNS_NO_SUFFIX')
    client.setHost('host.example')
    client.clearHost()
    expect(client.status().host).toBeUndefined()
  })

  it('that listens gives an attempt for each address that was tried', async () => {
    const port = await freePort()
    const { client } = await newClient(vendor)
    client.installKey(setupKey)
    const error: unknown = await client.activate({ host: `127.0.0.1:${String(port)}` }).catch((e: unknown) => e)
    if (!(error instanceof ActivationError)) throw error
    expect(error.code).toBe('HOST_UNREACHABLE')
    expect(error.attempts).toEqual([
      {
        target: `127.0.0.1:${String(port)}`,
        code: 'HOST_UNREACHABLE',
        message: 'connection refused: nothing listens there',
      },
    ])
  })

  it('whose name does not resolve is named', async () => {
    const { client } = await newClient(vendor)
    client.installKey(setupKey)
    const attempt = client.activate({ host: 'no-such-host.invalid' })
    await expect(attempt).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      attempts: [{ target: 'no-such-host.invalid:1688' }],
    })
  })
})
