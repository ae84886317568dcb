import { describe, expect, it } from 'vitest'
import { filled, grantTime, TestHost } from './host.fixture.ts'
import { parseEntry } from './ledger-entry.ts'
import { parseReceipt, type Receipt } from './receipt.ts'
import { readRenewal, renewalArguments } from './renewal-entry.ts'
import { thumbprint } from '../cose/key.ts'
import { compareWithWitnessed, type Testimony } from './witness.ts'

const host = new TestHost()
const first = { size: 2, root: host.tree.root() }
const { receipt } = host.lease({}, { from: 2 })
const head = host.sign().head

function compare(witnessed: { size: number; root: Uint8Array }, proofs: Pick<Receipt, 'consistency'> = {}): Testimony {
  return compareWithWitnessed(head, proofs, witnessed)
}

describe('a witness (rule 6)', () => {
  it('sees a tree that was proved to continue the last one, or that is the same', () => {
    expect(compare(first, parseReceipt(receipt))).toEqual({ kind: 'continued' })
    expect(compare({ size: 3, root: host.tree.root() })).toEqual({ kind: 'continued' })
  })

  it('asks for a proof from the size that it knows', () => {
    expect(compare(first)).toEqual({ kind: 'not-shown' })
    expect(compare({ size: 1, root: host.logId }, parseReceipt(receipt))).toEqual({ kind: 'not-shown' })
  })

  it('notices a tree that is smaller, or another one', () => {
    expect(compare({ size: 4, root: filled(1) })).toEqual({ kind: 'contradicts', code: 'HOST_ROLLED_BACK' })
    expect(compare({ size: 3, root: filled(1) })).toEqual({ kind: 'contradicts', code: 'LOG_FORKED' })
    const forked = { kind: 'contradicts', code: 'LOG_FORKED' }
    expect(compare({ size: 2, root: filled(1) }, parseReceipt(receipt))).toEqual(forked)
  })
})

describe('the entry of a renewal', () => {
  it('names the new key, for which the old one so vouches (rule 4)', () => {
    const { publicKey } = host.leaf.signer
    const fields = { index: 3, time: grantTime, cti: filled(1, 16) }
    const entry = { kind: 'administrative', act: 'renew', arguments: renewalArguments(publicKey), ...fields } as const
    expect(readRenewal(entry)).toEqual(thumbprint(publicKey))
    expect(readRenewal({ ...entry, act: 'fork' })).toBeUndefined()
    expect(readRenewal(parseEntry(host.entries[0] ?? filled(0)))).toBeUndefined()
  })
})
