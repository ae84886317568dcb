import { describe, expect, it } from 'vitest'
import { parseGrant } from '@volact/core/document/grant'
import { toHex } from '@volact/core/bytes'
import { activateHere, makeHost, serve } from './host.fixture.ts'
import { installKey } from './install-key.ts'
import { installPack } from './install-pack.ts'
import { ask, TestMachine } from './machine.fixture.ts'
import { makeVendor, start } from './vendor.fixture.ts'

describe('a host of several vendors', () => {
  it('serves each from a ledger of its own, chosen by the product (rule 32)', async () => {
    const [one, two] = [makeVendor({ threshold: 1, id: 'one' }), makeVendor({ threshold: 1, id: 'two' })]
    const dir = await makeHost(one)
    await activateHere(dir, one)
    await installPack(dir, two.pack(1), { now: start })
    const half = await serve(dir)
    const early = await ask(half.address, new TestMachine('a').request(two.desktop, start).message)
    expect(early).toMatchObject({ code: 'HOST_NOT_ACTIVATED' })
    expect(half.status()).toMatchObject({
      vendor: { id: 'one' },
      others: [{ vendor: { id: 'two' }, state: 'unlicensed' }],
    })
    await half.close()
    await expect(installKey(dir, two.hostKey)).rejects.toMatchObject({ code: 'USAGE' })
    await installKey(dir, two.hostKey, { vendor: 'two' })
    await activateHere(dir, two)
    const host = await serve(dir)
    const logs: string[] = []
    for (const vendor of [one, two]) {
      const machine = new TestMachine(vendor.catalog.vendor.id)
      const sent = machine.request(vendor.desktop, start)
      const answer = await ask(host.address, sent.message)
      machine.accept(vendor, sent, answer)
      if (answer.kind === 'grant') logs.push(toHex(parseGrant(answer.entry).logId))
    }
    const { logId, others } = host.status()
    expect(logs).toEqual([logId, others[0]?.logId])
    expect(new Set(logs).size).toBe(2)
  })
})
