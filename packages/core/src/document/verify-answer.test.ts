import { describe, expect, it } from 'vitest'
import { minutes } from '../time.ts'
import { encodeCheckpoint, openCheckpoint } from './checkpoint.ts'
import { codeOf } from './decoder-laws.fixture.ts'
import type { Grant } from './grant.ts'
import { filled, grantTime, product, request, start, TestHost } from './host.fixture.ts'
import type { TestHostOptions } from './host.fixture.ts'
import { parseLeaseFile } from './lease.ts'
import { makeRoot } from './certificates.fixture.ts'
import { encodeReceipt } from './receipt.ts'
import type { Revocation } from './revocation-list.ts'
import { verifyAnswer } from './verify-answer.ts'
import type { ExpectedAnswer, ExpectedProduct, ExpectedRequest } from './verify-answer.ts'
import { openLease } from './verify-lease.ts'

interface Case {
  readonly host?: TestHost | TestHostOptions
  readonly grant?: Partial<Grant>
  readonly receipt?: { readonly time?: number; readonly from?: number }
  readonly request?: Partial<ExpectedRequest>
  readonly product?: Partial<ExpectedProduct>
  readonly expected?: Partial<ExpectedAnswer>
}

/** The code with which an answer is refused that is honest but for the changes; `undefined` when it is accepted. */
function refusal(changes: Case): unknown {
  const host = changes.host instanceof TestHost ? changes.host : new TestHost(changes.host)
  const lease = host.lease(changes.grant, changes.receipt)
  return codeOf(() =>
    verifyAnswer(
      lease,
      host.expected({
        request: { ...request, ...changes.request },
        product: { ...product, ...changes.product },
        ...changes.expected,
      }),
    ),
  )
}

describe('an answer', () => {
  it('that fits gives the grant, the checkpoint to keep and the lease file to keep', () => {
    const host = new TestHost()
    const lease = host.lease({}, { from: 2 })
    const { grant, checkpoint, leaseFile } = verifyAnswer(lease, host.expected())
    expect(grant.count).toBe(30)
    expect(openCheckpoint(checkpoint, host.leaf.signer.publicKey)).toEqual(host.sign().head)
    expect(openLease(parseLeaseFile(leaseFile), { roots: [host.root.certificate] }).grant).toEqual(grant)
  })

  it('may bring more certificates than the path needs, and none of them gets into the lease file', () => {
    const host = new TestHost()
    const honest = host.lease()
    const lease = { ...honest, chain: [...honest.chain, makeRoot({ name: 'Another Root' }).der] }
    expect(parseLeaseFile(verifyAnswer(lease, host.expected()).leaseFile)).toEqual(honest)
  })
})

describe('step 2: the certificates', () => {
  it('refuse another vendor, and another kind of key (rules 2, 3)', () => {
    expect(refusal({ expected: { roots: [] } })).toBe('ROOT_UNKNOWN')
    expect(refusal({ host: { eku: '1.3.6.1.5.5.7.3.1' } })).toBe('KIND_MISMATCH')
  })

  it('are at most four beside the root (rule 1)', () => {
    const host = new TestHost()
    const lease = host.lease()
    const more = Array<Uint8Array>(3).fill(host.root.der)
    const answer = (surplus: number) => ({ ...lease, chain: [...lease.chain, ...more.slice(0, surplus)] })
    expect(codeOf(() => verifyAnswer(answer(2), host.expected()))).toBeUndefined()
    expect(codeOf(() => verifyAnswer(answer(3), host.expected()))).toBe('CHAIN_INVALID')
  })
})

describe('step 4: the ledger', () => {
  it('is the one of the certificate (rule 7)', () => {
    expect(refusal({ host: { entitlement: { logId: filled(0xee) } } })).toBe('LOG_MISMATCH')
  })

  it('grants nothing new from the cut-off on when its certificate, or one above, is revoked (rule 44)', () => {
    const host = new TestHost()
    for (const { certificate } of [host.leaf, host.issuing]) {
      const subject: Revocation['subject'] = { kind: 'serial', id: certificate.serial }
      const revoked = [{ subject, cutoff: grantTime, void: false, expires: grantTime + minutes(60) }]
      const revocations = { epoch: start, number: 1, issued: start, revoked }
      expect(refusal({ host, expected: { revocations } })).toBe('CERTIFICATE_REVOKED')
      const later = { ...revocations, revoked: revoked.map((line) => ({ ...line, cutoff: grantTime + 1 })) }
      expect(refusal({ host, expected: { revocations: later } })).toBeUndefined()
    }
  })
})

describe('step 5: the claims are those of this request (rules 13, 14)', () => {
  it.each<[string, Partial<ExpectedRequest>]>([
    ['another request: an answer to an earlier one, replayed', { digest: filled(0xd2) }],
    ['another nonce', { nonce: filled(0x12, 16) }],
    ['another machine', { machine: filled(0x34) }],
    ['another anchor', { anchor: filled(0x45) }],
  ])('refuses %s', (_, change) => {
    expect(refusal({ request: change })).toBe('LEASE_MISMATCH')
  })

  it('refuses another product', () => {
    expect(refusal({ product: { activationId: '6f0e1f0a-0000-4000-8000-00000000000b' } })).toBe('LEASE_MISMATCH')
  })

  it('refuses another place or ledger than the receipt proves', () => {
    expect(refusal({ grant: { index: 0 } })).toBe('LEASE_MISMATCH')
    expect(refusal({ grant: { logId: filled(0xee) } })).toBe('LEASE_MISMATCH')
  })
})

describe('step 6: the entitlement', () => {
  it('covers the group, and generations up to the one it names (rule 5)', () => {
    expect(refusal({ product: { generation: 3 } })).toBeUndefined()
    expect(refusal({ product: { generation: 4 } })).toBe('PRODUCT_NOT_SERVED')
    expect(refusal({ product: { group: 8 } })).toBe('PRODUCT_NOT_SERVED')
  })
})

describe('step 7: the threshold (rule 10)', () => {
  const certified: Case = { host: { entitlement: { thresholds: new Map([['desktop', 5]]) } } }

  it('of the policy compiled into the client is not lowered by the host or a pack', () => {
    expect(refusal({ grant: { threshold: 24 } })).toBe('COUNT_INSUFFICIENT')
    expect(refusal({ grant: { threshold: 1, count: 1 } })).toBe('COUNT_INSUFFICIENT')
  })

  it('of a newer pack may be higher than that of the policy', () => {
    expect(refusal({ grant: { threshold: 30, count: 30 } })).toBeUndefined()
  })

  it('of the certificate holds where it names one, for this family only', () => {
    expect(refusal({ ...certified, grant: { threshold: 5, thresholdSource: 'certificate', count: 5 } })).toBeUndefined()
    expect(refusal({ ...certified, grant: { threshold: 4, thresholdSource: 'certificate', count: 5 } })).toBe(
      'COUNT_INSUFFICIENT',
    )
    const server = {
      product: { family: 'server' },
      grant: { threshold: 5, thresholdSource: 'certificate', count: 5 },
    } as const
    expect(refusal({ ...certified, ...server })).toBe('COUNT_INSUFFICIENT')
  })

  it('is named with its true source', () => {
    expect(refusal({ grant: { thresholdSource: 'certificate' } })).toBe('COUNT_INSUFFICIENT')
    expect(refusal({ ...certified, grant: { thresholdSource: 'policy' } })).toBe('COUNT_INSUFFICIENT')
  })

  it('is reached by the count that the grant names', () => {
    expect(refusal({ grant: { count: 25 } })).toBeUndefined()
    expect(refusal({ grant: { count: 24 } })).toBe('COUNT_INSUFFICIENT')
  })
})

describe('step 8: the times', () => {
  it('fit each other, and end with the chain (rule 6)', () => {
    expect(refusal({ grant: { expires: grantTime } })).toBe('LEASE_MISMATCH')
    const ends = grantTime + minutes(60)
    expect(refusal({ host: { leaf: { notAfter: ends } }, grant: { expires: ends + 1 } })).toBe('LEASE_MISMATCH')
    expect(refusal({ host: { leaf: { notAfter: ends } }, grant: { expires: ends } })).toBeUndefined()
  })

  it('of the receipt is not before the newest of this log (rule 42)', () => {
    expect(refusal({ expected: { newest: grantTime + 1 } })).toBe('CLOCK_SKEW')
    expect(refusal({ expected: { newest: grantTime } })).toBeUndefined()
  })
})

describe('step 9: the ledger has only grown (rules 22, 25)', () => {
  it('from the checkpoint kept, which a proof shows', () => {
    const host = new TestHost()
    const expected = { checkpoint: encodeCheckpoint(host.sign()) }
    for (let entries = 0; entries < 5; entries++) host.append({ kind: 'grant', grant: host.grant() })
    expect(refusal({ host, expected, receipt: { from: 2 } })).toBeUndefined()
  })

  it('and the proof is missing where it was asked for, or is from another size', () => {
    const host = new TestHost()
    const expected = { checkpoint: encodeCheckpoint(host.sign()) }
    host.append({ kind: 'grant', grant: host.grant() })
    expect(refusal({ host, expected })).toBe('CONSISTENCY_FAILED')
    expect(refusal({ host, expected, receipt: { from: 3 } })).toBe('CONSISTENCY_FAILED')
  })

  it('and the proof names another size than it is from', () => {
    const host = new TestHost()
    const expected = host.expected({ checkpoint: encodeCheckpoint(host.sign()) })
    host.append({ kind: 'grant', grant: host.grant() })
    const { entry, chain } = host.lease()
    const inclusion = { index: 3, path: host.tree.inclusionPath(3) }
    const answer = (from: number) => {
      const consistency = { from, path: host.tree.consistencyPath(2) }
      return { entry, chain, receipt: encodeReceipt(host.sign(), inclusion, consistency) }
    }
    expect(codeOf(() => verifyAnswer(answer(2), expected))).toBeUndefined()
    expect(codeOf(() => verifyAnswer(answer(3), expected))).toBe('CONSISTENCY_FAILED')
  })

  it('and the proof does not hold, because the earlier tree was another one', () => {
    const host = new TestHost()
    const { head, ...signature } = host.sign()
    const checkpoint = encodeCheckpoint({ ...signature, head: { ...head, root: filled(0xbb) } })
    expect(refusal({ host, expected: { checkpoint }, receipt: { from: 2 } })).toBe('CONSISTENCY_FAILED')
  })

  it('and it has fewer entries than the checkpoint kept', () => {
    const host = new TestHost()
    const lease = host.lease()
    host.append({ kind: 'grant', grant: host.grant() })
    const kept = { checkpoint: encodeCheckpoint(host.sign()) }
    expect(codeOf(() => verifyAnswer(lease, host.expected(kept)))).toBe('HOST_ROLLED_BACK')
  })

  it('and there are two trees of the same size: a fork', () => {
    const host = new TestHost()
    const lease = host.lease()
    const twin = new TestHost({ root: host.root, issuing: host.issuing, signer: host.leaf.signer })
    twin.append({ kind: 'grant', grant: host.grant({ index: 2, cti: filled(0xcc, 16) }) })
    expect(twin.logId).toEqual(host.logId)
    const kept = { checkpoint: encodeCheckpoint(twin.sign()) }
    expect(codeOf(() => verifyAnswer(lease, host.expected(kept)))).toBe('LOG_FORKED')
  })

  it('and the same tree needs no proof (rule 22)', () => {
    const host = new TestHost()
    const lease = host.lease()
    const kept = { checkpoint: encodeCheckpoint(host.sign()) }
    expect(codeOf(() => verifyAnswer(lease, host.expected(kept)))).toBeUndefined()
  })

  it('and the checkpoint of another ledger says nothing about this one', () => {
    expect(refusal({ expected: { checkpoint: encodeCheckpoint(new TestHost().sign()) } })).toBeUndefined()
  })

  it('and a checkpoint that is none is malformed', () => {
    expect(refusal({ expected: { checkpoint: filled(1) } })).toBe('MALFORMED')
  })
})
