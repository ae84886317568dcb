import { describe, expect, it } from 'vitest'
import { days } from '@volact/core/time'
import { catalog, codeOf, honest, setupKey, TestVendor } from '../client.fixture.ts'
import { newClient, startScripted } from '../setting.fixture.ts'
import { verifyLeaseFile } from './verify-lease-file.ts'

const vendor = new TestVendor()
const trust = { roots: [vendor.root.der], policy: catalog }

describe('a lease file that is verified offline', () => {
  it('says product, features, end, machine and customer', async () => {
    const { file, at, machineId } = await leaseFile()
    expect(verifyLeaseFile(file, { ...trust, at })).toEqual({
      ...{ product: 'desktop-1', edition: 'Standard', expires: at + days(180), machineId, test: false },
      features: expect.any(Array) as string[],
      customer: expect.any(String) as string,
    })
  })

  it('is refused after its end, before its begin, with another root or policy, and with any byte altered', async () => {
    const { file, at } = await leaseFile()
    const other = new TestVendor()
    const codes = [
      () => verifyLeaseFile(file, { ...trust, at: at + days(180) }),
      () => verifyLeaseFile(file, { ...trust, at: at - days(1) }),
      () => verifyLeaseFile(file, { ...trust, roots: [other.root.der], at }),
      () => verifyLeaseFile(file, { ...trust, policy: { ...catalog, products: [] }, at }),
    ].map(codeOf)
    expect(await Promise.all(codes)).toEqual(['LEASE_EXPIRED', 'CLOCK_SKEW', 'ROOT_UNKNOWN', 'PRODUCT_NOT_SERVED'])
    for (let place = 0; place < file.length; place += 97) {
      const altered = file.with(place, (file[place] ?? 0) ^ 4)
      expect(await codeOf(() => verifyLeaseFile(altered, { ...trust, at }))).toBeDefined()
    }
  })
})

async function leaseFile(): Promise<{ readonly file: Uint8Array; readonly at: number; readonly machineId: string }> {
  const { client, clock } = await newClient(vendor)
  const server = await startScripted(honest(vendor.host(), clock.now))
  client.installKey(setupKey)
  client.setHost(server.address)
  await client.activate()
  return { file: client.exportLease(), at: clock.time, machineId: client.license().machineId }
}
