import { describe, expect, it } from 'vitest'
import { encodePem } from '@volact/core/der/pem'
import { catalog, codeOf, TestVendor } from '../client.fixture.ts'
import { vendorFromPack } from './vendor-from-pack.ts'

const vendor = new TestVendor()
const other = new TestVendor()
const pem = encodePem('CERTIFICATE', vendor.root.der)

describe('a vendor from the pack and the root in a program', () => {
  it('has the policy of the pack and the roots, from PEM as text or bytes, one or several, or DER', () => {
    const vendors = [pem, Buffer.from(pem), vendor.root.der].map((root) => vendorFromPack(vendor.pack(), root))
    for (const { roots, policy } of vendors)
      expect({ roots, policy }).toEqual({ roots: [vendor.root.der], policy: catalog })
    const both = vendorFromPack(vendor.pack(), pem + encodePem('CERTIFICATE', other.root.der))
    expect(both.roots).toEqual([vendor.root.der, other.root.der])
  })

  it('is refused where the pack is another vendor’s, was altered, or is none', async () => {
    const pack = vendor.pack()
    const altered = pack.with(pack.length - 1, (pack.at(-1) ?? 0) ^ 1)
    expect(await codeOf(() => vendorFromPack(other.pack(), pem))).toBe('ROOT_UNKNOWN')
    expect(await codeOf(() => vendorFromPack(altered, pem))).toBe('SIGNATURE_INVALID')
    expect(await codeOf(() => vendorFromPack(new Uint8Array(9), pem))).toBe('MALFORMED')
    expect(await codeOf(() => vendorFromPack(pack, 'no certificate'))).toBe('MALFORMED')
  })
})
