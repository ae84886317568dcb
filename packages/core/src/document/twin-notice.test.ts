import { describe, expect, it } from 'vitest'
import { encodeCbor } from '../cbor/encode.ts'
import { bitFlips, codeOf } from './decoder-laws.fixture.ts'
import { forkArguments, type ForkNote } from './fork-entry.ts'
import { filled, grantTime, request, TestHost } from './host.fixture.ts'
import { encodeTwinNotice, openTwinNotice, parseTwinNotice, type TwinNotice } from './twin-notice.ts'
import { type VerifiedAnswer, verifyAnswer } from './verify-answer.ts'

/** What the request has named as its last grant. */
const prev = filled(2, 16)

interface Told {
  readonly notice: TwinNotice
  readonly answer: VerifiedAnswer
}

/** A host grants, and tells the machine of a twin in the same tree. */
function tell(host: TestHost, changes: Partial<Extract<ForkNote, { act: 'twin' }>> = {}, act = 'twin'): Told {
  const { product, machine, nonce } = host.grant()
  const note = { act: 'twin', machine, product, superseded: filled(1, 16), shown: prev, nonce } as const
  const notice = host.append({
    ...{ kind: 'administrative', index: host.tree.size, time: grantTime, cti: filled(3, 16), act },
    arguments: forkArguments({ ...note, ...changes }),
  })
  const grant = host.append({ kind: 'grant', grant: host.grant() })
  const signed = host.sign()
  const lease = { entry: grant, receipt: host.receipt(grant, signed), chain: host.chain }
  return {
    notice: { entry: notice, receipt: host.receipt(notice, signed) },
    answer: verifyAnswer(lease, host.expected()),
  }
}

describe('a twin notice (rule 18)', () => {
  it('is believed when it stands in the tree of the grant, for this machine, product and nonce', () => {
    const { notice, answer } = tell(new TestHost())
    expect(openTwinNotice(notice, answer, prev)).toEqual({ time: grantTime, index: 2 })
    expect(parseTwinNotice(encodeTwinNotice(notice))).toEqual(notice)
  })

  it.each([
    ['another machine', { machine: filled(9) }],
    ['another product', { product: filled(9, 16) }],
    ['the nonce of another request, such as a recorded one', { nonce: filled(9, 16) }],
    ['a grant shown that the request did not name', { shown: filled(9, 16) }],
  ])('is not for this machine with %s', (_, changes) => {
    const { notice, answer } = tell(new TestHost(), changes)
    expect(codeOf(() => openTwinNotice(notice, answer, prev))).toBe('LEASE_MISMATCH')
  })

  it('is not for a machine that named no grant: it has no past that another one could share', () => {
    const { notice, answer } = tell(new TestHost())
    expect(codeOf(() => openTwinNotice(notice, answer, undefined))).toBe('LEASE_MISMATCH')
  })

  it('is no other entry of the ledger: neither another act nor the grant itself', () => {
    const warned = tell(new TestHost(), {}, 'fork-again')
    expect(codeOf(() => openTwinNotice(warned.notice, warned.answer, prev))).toBe('LEASE_MISMATCH')
    const host = new TestHost()
    const lease = host.lease()
    const answer = verifyAnswer(lease, host.expected())
    expect(codeOf(() => openTwinNotice(lease, answer, prev))).toBe('LEASE_MISMATCH')
  })

  it('is under the very tree head of the grant, and under no earlier or later one', () => {
    const host = new TestHost()
    const { notice, answer } = tell(host)
    const sameTree = { ...notice, receipt: host.receipt(notice.entry, host.sign(grantTime + 1)) }
    expect(codeOf(() => openTwinNotice(sameTree, answer, prev))).toBe('LEASE_MISMATCH')
    host.append({ kind: 'note-key', index: host.tree.size, time: grantTime, noteKey: filled(4) })
    const later = { ...notice, receipt: host.receipt(notice.entry, host.sign()) }
    expect(codeOf(() => openTwinNotice(later, answer, prev))).toBe('LEASE_MISMATCH')
  })

  it('of another host says nothing, though both are of one vendor', () => {
    const { root, issuing } = new TestHost()
    const here = tell(new TestHost({ root, issuing }))
    const elsewhere = tell(new TestHost({ root, issuing }))
    expect(codeOf(() => openTwinNotice(elsewhere.notice, here.answer, prev))).toBe('RECEIPT_INVALID')
  })

  it('is refused with any bit of it turned over, and with anything else in its place', () => {
    const { notice, answer } = tell(new TestHost())
    const entries = bitFlips(notice.entry, 3).map((entry) => ({ ...notice, entry }))
    const receipts = bitFlips(notice.receipt, 3).map((receipt) => ({ ...notice, receipt }))
    for (const bad of [...entries, ...receipts]) expect(codeOf(() => openTwinNotice(bad, answer, prev))).toBeDefined()
    for (const value of [1, [], [notice.entry], [notice.entry, 'x']])
      expect(codeOf(() => parseTwinNotice(value))).toBe('MALFORMED')
    expect(codeOf(() => openTwinNotice({ ...notice, entry: encodeCbor(request.nonce) }, answer, prev))).toBeDefined()
  })
})
