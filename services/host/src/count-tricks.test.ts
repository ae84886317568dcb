import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { detailsDigest, encodeDetails } from '@volact/core/document/details'
import { type ActivationRequest, signRequest } from '@volact/core/document/request'
import { anchorOf } from '@volact/core/licensing/anchor'
import { vectorOf } from '@volact/core/licensing/vector'
import { days, hours } from '@volact/core/time'
import type { Message } from '@volact/core/wire/message'
import { makeActivatedHost, serve, type TestClock } from './host.fixture.ts'
import { ask, TestMachine } from './machine.fixture.ts'
import type { RunningHost } from './start-host.ts'
import { makeVendor, newSigner, start } from './vendor.fixture.ts'

const hardware = {
  ...{ systemUuid: '4c4c4544-0051-3510-8052-b4c04f4d3133', boardSerial: 'B-7', diskSerial: 'D-7' },
}

function countOf(host: RunningHost): number | undefined {
  return host.status().applications[0]?.count
}

/** Asks as a computer that was re-armed just now: with a device key of its own, and the name and network card that it has today. */
async function askRearmed(host: RunningHost, product: string, clock: TestClock, today: string): Promise<Message> {
  const signer = newSigner()
  const machineId = new TestMachine(today, new Uint8Array(32), signer).id
  const { anchor, weak } = anchorOf({ vendorId: 'example', ...hardware, virtual: false, machineId })
  const components = Array.from({ length: 10 }, (_, place) => (place === 5 ? `MAC of ${today}` : `component ${place}`))
  const details = encodeDetails({ name: today, addresses: ['192.0.2.7'], vector: vectorOf('example', components) })
  const salt = new Uint8Array(randomBytes(16))
  const request: ActivationRequest = {
    ...{ nonce: new Uint8Array(randomBytes(16)), audience: { kind: 'address', address: 'host:1688' } },
    ...{ product: uuidToBytes(product), deviceKey: signer.publicKey, anchor, state: 2, time: clock.now },
    ...{ minutesLeft: 0, flags: { weak, virtual: false, ephemeral: false } },
    detailsDigest: detailsDigest(salt, details),
  }
  return ask(host.address, { kind: 'activate', request: signRequest(request, signer), salt, details })
}

describe('the tricks that inflate the count of the reference', () => {
  it('one computer that is re-armed again and again, with new names and network cards, counts once (rules 34, 35)', async () => {
    const vendor = makeVendor({ threshold: 3 })
    const clock = { now: start }
    const dir = await makeActivatedHost(vendor)
    const host = await serve(dir, clock)
    for (let time = 0; time < 25; time += 1) {
      clock.now += hours(2)
      const answer = await askRearmed(host, vendor.desktop, clock, `name-${time}`)
      expect(answer).toMatchObject({ kind: 'refusal', code: 'COUNT_INSUFFICIENT', detail: { count: 1, threshold: 3 } })
      expect(countOf(host)).toBe(1)
    }
    await host.close()
    expect(countOf(await serve(dir, clock))).toBe(1)
  })

  it('a virtual machine that is put back to its snapshot again and again counts once (rules 18, 34, 36)', async () => {
    const vendor = makeVendor({ threshold: 1 })
    const clock = { now: start }
    const host = await serve(await makeActivatedHost(vendor), clock)
    const machine = new TestMachine('virtual machine')
    const flags = { weak: false, virtual: true, ephemeral: false }
    const fresh = machine.copy('virtual machine')
    const first = await machine.ask(host.address, vendor.desktop, clock.now, { flags })
    machine.accept(vendor, first.sent, first.answer)
    const activated = machine.copy('virtual machine')
    for (let time = 0; time < 12; time += 1) {
      clock.now += days(1)
      // Sometimes the snapshot is from before it was ever activated.
      const restored = (time % 3 === 0 ? fresh : activated).copy('virtual machine')
      const { sent, answer } = await restored.ask(host.address, vendor.desktop, clock.now, { flags })
      restored.accept(vendor, sent, answer)
      expect(countOf(host)).toBe(1)
      expect(host.status().machines).toBe(1)
    }
  })
})
