import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { parseDetails } from '@volact/core/document/details'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import {
  activation,
  catalog,
  codeOf,
  hardware,
  honest,
  opener,
  ScriptedHost,
  setupKey,
  TestClock,
  TestVendor,
} from './client.fixture.ts'
import type { HardwareFacts } from './hardware/hardware-facts.ts'
import { readSimulatedHardware, writeSimulatedHardware } from './simulated-hardware.ts'

const simulated: HardwareFacts = { ...hardware, boardSerial: 'SIM-1', hostname: 'sim-001' }

async function activateWith(
  vendor: TestVendor,
  facts: HardwareFacts | undefined,
  roots: readonly Uint8Array[] = [vendor.root.der],
): Promise<{
  readonly anchor: string
  readonly name: string | undefined
  readonly hardware: string
  readonly notes: string
  readonly test: boolean
}> {
  const [dir, clock] = [temporaryFolder(), new TestClock()]
  const server = await ScriptedHost.start(honest(vendor.host(), clock.now))
  onTestFinished(() => {
    server.close()
  })
  const client = await opener(vendor, dir, clock, { vendors: [{ roots, policy: catalog }] })()
  if (facts !== undefined) writeSimulatedHardware(dir, facts)
  client.installKey(setupKey)
  await client.activate({ host: server.address })
  const [message] = server.messages.map(activation)
  const [request] = server.requests
  const status = client.status()
  return {
    anchor: toHex(request?.request.anchor ?? new Uint8Array()),
    name: parseDetails(message?.details ?? new Uint8Array()).name,
    ...{ hardware: status.hardware, notes: status.notes.join(), test: status.test },
  }
}

describe('simulated hardware', () => {
  it('is taken under a root for tests, and status says so (rule 11)', async () => {
    const vendor = new TestVendor('for tests')
    const real = await activateWith(vendor, undefined)
    const fake = await activateWith(vendor, simulated)
    expect(real).toMatchObject({ hardware: 'real', name: 'pc-1', test: true })
    expect(fake).toMatchObject({ hardware: 'simulated', name: 'sim-001', test: true, notes: '' })
    expect(fake.anchor).not.toBe(real.anchor)
  })

  it('is ignored under a real root, with a note', async () => {
    const vendor = new TestVendor()
    const real = await activateWith(vendor, undefined)
    const fake = await activateWith(vendor, simulated)
    expect(fake).toMatchObject({ hardware: 'real', name: 'pc-1', anchor: real.anchor, test: false })
    expect(fake.notes).toContain('hardware.json is ignored')
  })

  it('is ignored where a real root is trusted beside the one for tests', async () => {
    const vendor = new TestVendor()
    const roots = [vendor.root.der, new TestVendor('for tests').root.der]
    expect(await activateWith(vendor, simulated, roots)).toMatchObject({ hardware: 'real', test: true })
  })

  it('comes back as it was written', () => {
    const dir = temporaryFolder()
    expect(readSimulatedHardware(dir)).toBeUndefined()
    writeSimulatedHardware(dir, simulated)
    expect(readSimulatedHardware(dir)).toEqual(simulated)
  })

  it.each(['', '[]', '{"components":[]}', '{"components":"x"}', '{"components":[1,2,3,4,5,6,7,8,9,0]}'])(
    'that reads %j is damaged',
    async (text) => {
      const dir = temporaryFolder()
      writeFileSync(join(dir, 'hardware.json'), text)
      expect(await codeOf(() => readSimulatedHardware(dir))).toBe('FOLDER_DAMAGED')
      expect(readFileSync(join(dir, 'hardware.json'), 'utf8')).toBe(text)
    },
  )
})
