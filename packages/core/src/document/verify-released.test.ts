import { describe, expect, it } from 'vitest'
import { newSigner } from './certificates.fixture.ts'
import { codeOf } from './decoder-laws.fixture.ts'
import { filled, grantTime, TestHost } from './host.fixture.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import type { ReleaseEntry } from './plain-entry.ts'
import { openRelease, signRelease } from './release.ts'
import { verifyReleased } from './verify-released.ts'

const host = new TestHost()
const roots = [host.root.certificate]
const signer = newSigner()
const fields = {
  nonce: filled(1, 16),
  product: filled(3, 16),
  deviceKey: signer.publicKey,
  time: grantTime,
  grant: filled(4, 16),
}
const sent = openRelease(signRelease({ ...fields, logId: host.logId }, signer))

function outcome(changes: Partial<ReleaseEntry> = {}, expected = sent): string | undefined {
  return codeOf(() => verifyReleased(answer({ ...released(), ...changes }), { roots, sent: expected }))
}

function released(): ReleaseEntry {
  const { machine, digest: req } = sent
  const claims = { machine, product: fields.product, grant: fields.grant, req, cti: filled(9, 16) }
  return { kind: 'release', index: host.tree.size, time: grantTime, ...claims }
}

function answer(entry: LedgerEntry): { entry: Uint8Array; receipt: Uint8Array; chain: readonly Uint8Array[] } {
  const bytes = host.append(entry)
  return { entry: bytes, receipt: host.receipt(bytes, host.sign()), chain: host.chain }
}

describe('the answer to a release (rule 38)', () => {
  it('is a receipt for an entry that takes exactly this grant back', () => {
    expect(verifyReleased(answer(released()), { roots, sent })).toMatchObject({ logId: host.logId, time: grantTime })
  })

  it.each<[string, Partial<ReleaseEntry>]>([
    ['another release', { req: filled(7) }],
    ['another machine', { machine: filled(7) }],
    ['another product', { product: filled(7, 16) }],
    ['another grant', { grant: filled(7, 16) }],
    ['another place', { index: 0 }],
  ])('is refused when its entry is for %s', (_, changes) => {
    expect(outcome(changes)).toBe('LEASE_MISMATCH')
  })

  it('is refused when it is an entry of another kind, such as the grant itself', () => {
    const { entry, receipt } = host.lease()
    expect(codeOf(() => verifyReleased({ entry, receipt, chain: host.chain }, { roots, sent }))).toBe('LEASE_MISMATCH')
  })

  it('is refused when it stands in another ledger than the grant', () => {
    const elsewhere = openRelease(signRelease({ ...fields, logId: filled(8) }, signer))
    expect(outcome({ req: elsewhere.digest }, elsewhere)).toBe('LOG_MISMATCH')
  })

  it('is refused when no root vouches for the host', () => {
    expect(codeOf(() => verifyReleased(answer(released()), { roots: [new TestHost().root.certificate], sent }))).toBe(
      'ROOT_UNKNOWN',
    )
  })
})
