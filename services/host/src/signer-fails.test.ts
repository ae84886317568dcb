import { expect, it } from 'vitest'
import { TestMachine } from './machine.fixture.ts'
import { openScene } from './service-scene.fixture.ts'
import { makeVendor } from './vendor.fixture.ts'

it('a signer that fails behind the sync takes nothing back: the entry stays, and the next head covers it (rule 22)', async () => {
  const vendor = makeVendor({ threshold: 1 })
  const { service, ask, device, clock } = await openScene(vendor)
  const machine = new TestMachine('a')
  const sent = machine.request(vendor.desktop, clock.now)
  const { size } = service.log.ledger
  device.isBroken = true
  expect(await ask(sent.message)).toMatchObject({ kind: 'refusal', code: 'SIGNER_FAILED' })
  expect(service.log.ledger.size).toBe(size + 1)
  device.isBroken = false
  const other = new TestMachine('b')
  const others = other.request(vendor.desktop, clock.now)
  other.accept(vendor, others, await ask(others.message))
  machine.accept(vendor, sent, await ask(sent.message))
  expect(service.log.ledger.size).toBe(size + 2)
})

it('a signer that fails leaves an entry that is proven to who asks again, before anybody else has written one (rule 17)', async () => {
  const vendor = makeVendor({ threshold: 1 })
  const { ask, device, clock } = await openScene(vendor)
  const machine = new TestMachine('a')
  const sent = machine.request(vendor.desktop, clock.now)
  device.isBroken = true
  for (let times = 0; times < 2; times += 1)
    expect(await ask(sent.message)).toMatchObject({ kind: 'refusal', code: 'SIGNER_FAILED' })
  device.isBroken = false
  machine.accept(vendor, sent, await ask(sent.message))
})
