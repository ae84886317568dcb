import { describe, expect, it } from 'vitest'
import { equal, toHex } from '@volact/core/bytes'
import { days, hours, minutes } from '@volact/core/time'
import { parseGrant } from '@volact/core/document/grant'
import { signRelease } from '@volact/core/document/release'
import type { Message } from '@volact/core/wire/message'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { makeActivatedHost, makeHost, serve, type TestClock } from './host.fixture.ts'
import { ask, TestConnection, TestMachine } from './machine.fixture.ts'
import { makeVendor, start, type TestVendor } from './vendor.fixture.ts'

function machines(count: number): TestMachine[] {
  return Array.from({ length: count }, (_, index) => new TestMachine(`machine ${index}`))
}

/** Lets machines ask in turn for the desktop product, and gives the answers. */
async function askAll(
  address: string,
  vendor: TestVendor,
  clock: TestClock,
  asking: TestMachine[],
): Promise<Message[]> {
  const answers: Message[] = []
  for (const machine of asking) {
    const sent = machine.request(vendor.desktop, clock.now)
    const answer = await ask(address, sent.message)
    if (answer.kind === 'grant') machine.accept(vendor, sent, answer)
    answers.push(answer)
  }
  return answers
}

describe('a host that serves', () => {
  it('refuses with both numbers below the threshold, grants at it, and renews (rules 21-25)', async () => {
    const vendor = makeVendor({ threshold: 3 })
    const clock = { now: start }
    const host = await serve(await makeActivatedHost(vendor), clock)
    const asking = machines(3)
    const first = await askAll(host.address, vendor, clock, asking)
    expect(first).toMatchObject([
      { kind: 'refusal', code: 'COUNT_INSUFFICIENT', detail: { count: 1, threshold: 3, weak: 0 }, retryAfter: 7_200 },
      { kind: 'refusal', code: 'COUNT_INSUFFICIENT', detail: { count: 2, threshold: 3 } },
      { kind: 'grant' },
    ])
    clock.now += minutes(120)
    const second = await askAll(host.address, vendor, clock, asking)
    expect(second.map(({ kind }) => kind)).toEqual(['grant', 'grant', 'grant'])
    expect(host.status()).toMatchObject({
      ...{ state: 'licensed', customer: 'Example Customer', machines: 3, test: true, clock: 'good' },
      applications: [{ name: 'Office', count: 3, reportedCount: 3, weak: 0 }],
      ledger: { size: 2 + 2 + 4 },
    })
  })

  it('counts one hardware once, however many identities it makes (rule 19)', async () => {
    const vendor = makeVendor({ threshold: 2 })
    const clock = { now: start }
    const host = await serve(await makeActivatedHost(vendor), clock)
    const anchor = new Uint8Array(32).fill(7)
    const answers = await askAll(
      host.address,
      vendor,
      clock,
      [1, 2, 3].map((n) => new TestMachine(`${n}`, anchor)),
    )
    expect(answers.map((answer) => answer.kind === 'refusal' && answer.detail?.count)).toEqual([1, 1, 1])
  })

  it('writes one sighting per machine, application and window (rule 24)', async () => {
    const vendor = makeVendor({ threshold: 3 })
    const clock = { now: start }
    const host = await serve(await makeActivatedHost(vendor), clock)
    const [machine = new TestMachine('')] = machines(1)
    for (let hour = 0; hour < 29 * 24; hour += 6) {
      clock.now = start + hours(hour)
      await askAll(host.address, vendor, clock, [machine])
    }
    expect(host.status().ledger?.size).toBe(3)
    clock.now = start + days(29)
    await askAll(host.address, vendor, clock, [machine])
    expect(host.status()).toMatchObject({ ledger: { size: 4 }, applications: [{ count: 1 }] })
  })

  it('keeps its count over a restart', async () => {
    const vendor = makeVendor({ threshold: 3 })
    const clock = { now: start }
    const dir = await makeActivatedHost(vendor)
    const before = await serve(dir, clock)
    const asking = machines(3)
    await askAll(before.address, vendor, clock, asking.slice(0, 2))
    const root = before.status().ledger?.root
    await before.close()
    const after = await serve(dir, clock)
    expect(after.status()).toMatchObject({ ledger: { root }, applications: [{ count: 2 }] })
    expect((await askAll(after.address, vendor, clock, asking.slice(2)))[0]?.kind).toBe('grant')
  })

  it('ends renewals, and no running lease, when the count falls below the threshold', async () => {
    const vendor = makeVendor({ threshold: 2 })
    const clock = { now: start }
    const host = await serve(await makeActivatedHost(vendor), clock)
    const asking = machines(2)
    await askAll(host.address, vendor, clock, asking)
    clock.now += days(31)
    const [answer] = await askAll(host.address, vendor, clock, asking.slice(1))
    expect(answer).toMatchObject({ code: 'COUNT_INSUFFICIENT', detail: { count: 1, threshold: 2 } })
  })

  it('takes the threshold that its certificate names, and says so in the grant (rule 10)', async () => {
    const vendor = makeVendor({ threshold: 3 })
    const clock = { now: start }
    const host = await serve(await makeActivatedHost(vendor, { thresholds: new Map([['desktop', 1]]) }), clock)
    const [answer] = await askAll(host.address, vendor, clock, machines(1))
    if (answer?.kind !== 'grant') throw new Error('no grant')
    expect(parseGrant(answer.entry)).toMatchObject({ threshold: 1, thresholdSource: 'certificate', count: 1 })
  })

  it('names what it serves when its key does not cover a product, and counts nobody for it', async () => {
    const vendor = makeVendor({ threshold: 1 })
    const host = await serve(await makeActivatedHost(vendor))
    const answer = await ask(host.address, new TestMachine('a').request(vendor.newer, start).message)
    expect(answer).toMatchObject({ code: 'PRODUCT_NOT_SERVED', detail: { groups: [{ group: 1 }, { group: 2 }] } })
    if (answer.kind === 'refusal') expect(answer.text).toContain('Client up to generation 1')
    const unknown = await ask(host.address, new TestMachine('b').request(crypto.randomUUID(), start).message)
    expect(unknown).toMatchObject({ code: 'PRODUCT_NOT_SERVED' })
    expect(host.status()).toMatchObject({ ledger: { size: 2 }, machines: 0 })
  })

  it('says that it is not activated, or that its certificate has ended', async () => {
    const vendor = makeVendor({ threshold: 1 })
    const bare = await serve(await makeHost(vendor))
    expect(await ask(bare.address, new TestMachine('a').request(vendor.desktop, start).message)).toMatchObject({
      code: 'HOST_NOT_ACTIVATED',
    })
    expect(bare.status()).toMatchObject({ state: 'unlicensed', vendor: { id: 'example' } })
    const clock = { now: start }
    const late = await serve(await makeActivatedHost(vendor), clock)
    clock.now = start + days(1_001)
    const sent = new TestMachine('a').request(vendor.desktop, start + days(1_001))
    expect(await ask(late.address, sent.message)).toMatchObject({ code: 'HOST_NOT_ACTIVATED' })
    expect(late.status().state).toBe('unlicensed')
  })

  it('tells what it is to who asks, without counting anybody', async () => {
    const vendor = makeVendor()
    const host = await serve(await makeActivatedHost(vendor))
    const information = await ask(host.address, { kind: 'host-information-query' })
    expect(information).toMatchObject({ kind: 'host-information', vendor: 'example', state: 1, counts: [{ count: 0 }] })
    expect(await ask(host.address, { kind: 'revocation-list-query' })).toMatchObject({ code: 'NOT_SUPPORTED' })
    expect(await ask(host.address, { kind: 'confirmation-request', request: new Uint8Array(3) })).toMatchObject({
      code: 'NOT_SUPPORTED',
    })
  })

  it('answers many pipelined requests in their order, and leaves the chain out for who has it', async () => {
    const vendor = makeVendor({ threshold: 1 })
    const host = await serve(await makeActivatedHost(vendor))
    const asking = machines(100)
    const connection = await TestConnection.open(host.address)
    const sent = asking.map((machine) => machine.request(vendor.desktop, start))
    for (const { message } of sent) connection.send(message)
    for (const [index, machine] of asking.entries()) {
      const answer = await connection.next()
      const request = sent[index]
      if (answer === undefined || request === undefined) throw new Error('no answer')
      const { grant, hostCertificate } = machine.accept(vendor, request, answer)
      expect(equal(grant.machine, machine.id)).toBe(true)
      if (index < 99) continue
      const next = machine.request(vendor.desktop, start)
      connection.send({ ...next.message, knownCertificate: hostCertificate.fingerprint } as typeof next.message)
      expect(await connection.next()).not.toHaveProperty('chain')
    }
    connection.close()
  })

  it('lets a machine give its grant back, once, with a receipt', async () => {
    const vendor = makeVendor({ threshold: 1 })
    const clock = { now: start }
    const host = await serve(await makeActivatedHost(vendor), clock)
    const machine = new TestMachine('a')
    await askAll(host.address, vendor, clock, [machine])
    const logId = Uint8Array.from(Buffer.from(host.status().logId ?? '', 'hex'))
    const grant = machine.prev ?? new Uint8Array(16)
    const made = { nonce: new Uint8Array(16), logId, product: uuidToBytes(vendor.desktop), time: start, grant }
    const release = signRelease({ ...made, deviceKey: machine.signer.publicKey }, machine.signer)
    const first = await ask(host.address, { kind: 'release', release })
    const again = await ask(host.address, { kind: 'release', release })
    if (first.kind !== 'released' || again.kind !== 'released') throw new Error('not released')
    expect(toHex(again.entry)).toBe(toHex(first.entry))
    const other = signRelease({ ...made, nonce: grant, deviceKey: machine.signer.publicKey }, machine.signer)
    expect(await ask(host.address, { kind: 'release', release: other })).toMatchObject({ code: 'LEASE_MISMATCH' })
  })
})
