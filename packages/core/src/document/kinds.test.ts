import { describe, expect, it } from 'vitest'
import { keyUsageOids } from '../x509/oids.ts'
import { codeOf } from './decoder-laws.fixture.ts'
import { grantTime, TestHost } from './host.fixture.ts'
import { deviceTyps, documentKinds, recoveryTyp } from './kinds.ts'
import type { DocumentKind } from './kinds.ts'
import { openPack, signPack } from './pack.ts'
import { openLease } from './verify-lease.ts'

const kinds = Object.keys(documentKinds) as DocumentKind[]

describe('kinds of documents', () => {
  it('have each a typ of their own and a key usage of their own (rule 2)', () => {
    expect(new Set(Object.values(documentKinds).map(({ typ }) => typ)).size).toBe(6)
    expect(new Set(Object.values(documentKinds).map(({ eku }) => eku)).size).toBe(6)
    expect(new Set(Object.values(documentKinds).map(({ eku }) => eku))).toEqual(new Set(Object.values(keyUsageOids)))
  })

  it('share no typ with what device keys and recovery keys sign (rule 4)', () => {
    const typs = [...Object.values(documentKinds).map(({ typ }) => typ), ...Object.values(deviceTyps), recoveryTyp]
    expect(new Set(typs).size).toBe(12)
  })

  it('are named as protocol.md §3.2 names them', () => {
    expect(documentKinds['host-receipt'].typ).toBe('application/volact-host-receipt+cose')
    expect(deviceTyps.challengedRequest).toBe('application/volact-challenged-request+cose')
    expect(recoveryTyp).toBe('application/volact-recovery+cose')
  })

  it.each(kinds.filter((kind) => kind !== 'host-receipt'))(
    'a lease is refused when its host certificate is for the kind %s (rule 2)',
    (kind) => {
      const host = new TestHost({ eku: documentKinds[kind].eku })
      expect(codeOf(() => openLease(host.lease(), { roots: [host.root.certificate] }))).toBe('KIND_MISMATCH')
    },
  )

  it('a lease is refused when an authority signed its receipt, with the very key of the host (rule 2)', () => {
    const host = new TestHost()
    const entry = host.append({ kind: 'grant', grant: host.grant() })
    const receipt = host.receipt(entry, host.sign(grantTime, 'authority-receipt'))
    const lease = { entry, receipt, chain: host.chain }
    expect(codeOf(() => openLease(lease, { roots: [host.root.certificate] }))).toBe('KIND_MISMATCH')
    // The kind comes before the certificates (protocol.md §10).
    expect(codeOf(() => openLease(lease, { roots: [] }))).toBe('KIND_MISMATCH')
  })

  it('a pack is refused when the signing key of a host signed it, though it chains to the root (rule 2)', () => {
    const { leaf, issuing, root } = new TestHost()
    const chain = [leaf.der, issuing.der, root.der] as const
    const vendor = { id: 'example', name: 'Example', contacts: {} }
    const catalog = { format: 1, vendor, applications: [], families: [], groups: [], products: [] } as const
    const pack = signPack({ number: 1, issued: grantTime, catalog, chain }, leaf.signer)
    expect(codeOf(() => openPack(pack, [root.certificate], grantTime))).toBe('KIND_MISMATCH')
  })
})
