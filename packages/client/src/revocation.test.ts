import { describe, expect, it } from 'vitest'
import { thumbprint } from '@volact/core/cose/key'
import { makeLeaf } from '@volact/core/document/certificates.fixture'
import { grantTime } from '@volact/core/document/host.fixture'
import { documentKinds } from '@volact/core/document/kinds'
import { type Revocation, signRevocationList } from '@volact/core/document/revocation-list'
import { days } from '@volact/core/time'
import { parseCertificate } from '@volact/core/x509/certificate'
import { catalog, codeOf, honest, opener, setupKey, TestVendor } from './client.fixture.ts'
import type { Client } from './client.ts'
import { type VerifiedLease, verifyLeaseFile } from './sdk/verify-lease-file.ts'
import { newClient, startScripted } from './setting.fixture.ts'

const vendor = new TestVendor()
const host = vendor.host()
const id = thumbprint(parseCertificate(host.leaf.der).publicKey)

function list(change: Partial<Revocation> = {}): Uint8Array {
  const key = makeLeaf(vendor.root, documentKinds['revocation-list'].eku)
  const line = {
    subject: { kind: 'key', id },
    cutoff: grantTime,
    void: false,
    expires: grantTime + days(900),
  } as const
  return signRevocationList({ number: 3, issued: grantTime, revoked: [{ ...line, ...change }] }, key.der, key.signer)
}

describe('a host that the vendor has revoked (rule 44)', () => {
  async function licensedThenRevoked(
    change: Partial<Revocation>,
  ): Promise<{ client: Client; grace: number; end: () => Promise<Client>; verifyFile: () => VerifiedLease }> {
    const { client, dir, clock } = await newClient(vendor)
    const server = await startScripted(honest(host, clock.now))
    client.installKey(setupKey)
    client.setHost(server.address)
    await client.activate()
    clock.time += days(10)
    const embedded = { roots: [vendor.root.der], policy: catalog, revocations: list(change) }
    const open = opener(vendor, dir, clock, { vendors: [embedded] })
    const opened = await open()
    const end = (): Promise<Client> => {
      clock.time += days(30)
      return open()
    }
    const verifyFile = (): VerifiedLease => verifyLeaseFile(client.exportLease(), { ...embedded, at: clock.time })
    return { client: opened, grace: clock.time + days(30), end, verifyFile }
  }

  it('ends running leases where the vendor says so: first a grace, then notification, each with its reason', async () => {
    const { client, grace, end } = await licensedThenRevoked({ void: true })
    expect(client.status()).toMatchObject({
      ...{ state: 'non-genuine-grace', number: 4, reason: 'IN_NON_GENUINE_GRACE', expires: grace },
      upcoming: { state: 'notification', at: grace },
    })
    expect(await codeOf(() => client.activate())).toBe('CERTIFICATE_REVOKED')
    expect((await end()).status()).toMatchObject({ state: 'notification', reason: 'NON_GENUINE_GRACE_EXPIRED' })
  })

  it('is known to whoever verifies a lease file by itself, and only where it ends running leases', async () => {
    const [ended, running] = await Promise.all([licensedThenRevoked({ void: true }), licensedThenRevoked({})])
    expect(() => ended.verifyFile()).toThrow(expect.objectContaining({ code: 'CERTIFICATE_REVOKED' }))
    expect(running.verifyFile()).toMatchObject({ customer: expect.any(String) as string })
  })

  it('grants nothing new, and its leases run on where the vendor says no more', async () => {
    const { client } = await licensedThenRevoked({})
    expect(client.status().state).toBe('licensed')
    expect(await codeOf(() => client.activate())).toBe('CERTIFICATE_REVOKED')
    expect(client.status().state).toBe('licensed')
  })

  it('is left by the activation at another one', async () => {
    const { client } = await licensedThenRevoked({ void: true })
    const other = await startScripted(honest(vendor.host(), () => grantTime + days(10)))
    await client.activate({ host: other.address })
    expect(client.status()).toMatchObject({ state: 'licensed', notes: [] })
    const known = other.requests[0]?.request.listKnown
    expect(known).toMatchObject({ number: 3 })
  })

  it('is known from no list but the vendor’s own', async () => {
    const { dir, clock } = await newClient(vendor)
    const other = new TestVendor()
    const vendors = [{ roots: [other.root.der], policy: catalog, revocations: list() }]
    expect(await codeOf(opener(other, dir, clock, { vendors }))).toBe('ROOT_UNKNOWN')
  })
})
