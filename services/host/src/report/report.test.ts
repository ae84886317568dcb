import { describe, expect, it } from 'vitest'
import { decodeBase64 } from '@volact/core/bytes'
import { openReport, parseReportedMachines, parseReportFile } from '@volact/core/document/report'
import { days } from '@volact/core/time'
import { askHost } from '../ask-host.ts'
import { makeActivatedHost, serve } from '../host.fixture.ts'
import { TestMachine } from '../machine.fixture.ts'
import { makeVendor, start } from '../vendor.fixture.ts'
import { verifyHostLedger } from '../verify-host-ledger.ts'

const vendor = makeVendor({ threshold: 1 })

describe('a report (rule 4)', () => {
  it('is an entry of the ledger that the vendor checks offline: quantity, peak, period, both ends, and machines if asked', async () => {
    const dir = await makeActivatedHost(vendor, { quantity: 5 })
    const clock = { now: start }
    const host = await serve(dir, clock)
    const ask = async (name: string): Promise<void> => {
      const machine = new TestMachine(name)
      const { sent, answer } = await machine.ask(host.address, vendor.desktop, clock.now)
      machine.accept(vendor, sent, answer)
    }
    await ask('a')
    clock.now += days(10)
    await ask('b')
    await ask('c')
    clock.now += days(10)
    await ask('d')
    clock.now += days(1)
    const question = { verb: 'report', from: start + days(5), to: start + days(15) } as const
    const now = { now: () => clock.now }
    const made = await askHost(dir, { ...question, machines: true }, now)
    expect(made).toMatchObject({ vendor: 'example', quantity: 5, peak: 3, machines: 2 })
    const file = parseReportFile(decodeBase64(made.file))
    const { report } = openReport(file, [vendor.root])
    expect(report).toMatchObject({ from: question.from, to: question.to, quantity: 5, peak: 3 })
    expect(report.ended.size - report.began.size).toBeGreaterThanOrEqual(2)
    expect(parseReportedMachines(file.machines ?? new Uint8Array())).toHaveLength(2)
    const plain = await askHost(dir, { ...question, machines: false }, now)
    expect(parseReportFile(decodeBase64(plain.file)).machines).toBeUndefined()
    for (const wrong of [
      { from: question.to, to: question.from },
      { from: start, to: clock.now + days(1) },
    ]) {
      await expect(askHost(dir, { verb: 'report', machines: false, ...wrong }, now)).rejects.toMatchObject({
        code: 'USAGE',
      })
    }
    await host.close()
    expect(await verifyHostLedger(dir)).toMatchObject({ verified: true })
  })
})
