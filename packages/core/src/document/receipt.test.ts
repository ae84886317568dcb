import { beforeAll, describe, expect, it } from 'vitest'
import { equal, toHex } from '../bytes.ts'
import { encodeCbor } from '../cbor/encode.ts'
import type { CborMap, CborValue } from '../cbor/value.ts'
import { parseSign1, signatureInput, signSign1 } from '../cose/sign1.ts'
import { generatePrivateKey, signerFromPkcs8, verify } from '../crypto.ts'
import { leafHash } from '../transparency/node-hash.ts'
import { rootFromInclusion } from '../transparency/proof.ts'
import { encodeCheckpoint, openCheckpoint } from './checkpoint.ts'
import { bitFlips, codeOf, looseForms, truncations, without, withField } from './decoder-laws.fixture.ts'
import { grantTime, TestHost } from './host.fixture.ts'
import { documentKinds } from './kinds.ts'
import { outcomes } from './outcomes.fixture.ts'
import { checkpointFromReceipt, encodeReceipt, openReceipt, parseReceipt, withoutConsistency } from './receipt.ts'
import type { SignedTreeHead } from './tree-head.ts'

const host = new TestHost()
const key = host.leaf.signer.publicKey

let entry: Uint8Array
let signed: SignedTreeHead
let receipt: Uint8Array

beforeAll(() => {
  entry = host.append({ kind: 'grant', grant: host.grant() })
  host.append({ kind: 'grant', grant: host.grant() })
  signed = host.sign()
  receipt = host.receipt(entry, signed, 2)
})

/** The receipt with other proofs, which nobody has signed. */
function withProofs(proofs: CborMap, payload: Uint8Array | null = null): Uint8Array {
  return withUnprotected(new Map([[396, proofs]]), payload)
}

function withUnprotected(unprotected: CborMap, payload: Uint8Array | null = null): Uint8Array {
  return encodeCbor({ tag: 18, value: [signed.protectedBytes, unprotected, payload, signed.signature] })
}

function inclusion(...proof: readonly CborValue[]): Uint8Array {
  return withProofs(new Map([[-1, [encodeCbor(proof)]]]))
}

function consistency(...proof: readonly CborValue[]): Uint8Array {
  return withProofs(
    new Map([
      [-1, [encodeCbor([4, 2, path()])]],
      [-2, [encodeCbor(proof)]],
    ]),
  )
}

function path(): readonly Uint8Array[] {
  return host.tree.inclusionPath(2, 4)
}

function open(bytes: Uint8Array, of: Uint8Array = entry): unknown {
  return openReceipt(parseReceipt(bytes), of, key)
}

describe('a receipt', () => {
  it('is read as it was written, and opens to the tree head that was signed', () => {
    const parsed = parseReceipt(receipt)
    expect(parsed.inclusion).toEqual({ index: 2, path: path() })
    expect(parsed.consistency).toEqual({ from: 2, path: host.tree.consistencyPath(2, 4) })
    expect(openReceipt(parsed, entry, key)).toEqual(signed.head)
  })

  it('has alg, typ, x5t, 395 and our size, time and log ID in its protected header, and nothing else (rule 21)', () => {
    expect(parseSign1(receipt).protectedHeader).toEqual(
      new Map<number, CborValue>([
        [1, -9],
        [16, 'application/volact-host-receipt+cose'],
        [34, [-16, host.x5t]],
        [395, 1],
        [-65537, 4],
        [-65538, grantTime],
        [-65539, host.logId],
      ]),
    )
  })

  it('has both proofs in one map and no payload (rule 21)', () => {
    const { payload, unprotectedHeader } = parseSign1(receipt)
    expect(payload).toBeNull()
    expect([...unprotectedHeader.keys()]).toEqual([396])
  })

  it('is signed over the root as payload: any COSE tool can check it', () => {
    const { protectedBytes, signature } = parseReceipt(receipt)
    expect(verify(key, signatureInput(protectedBytes, host.tree.root()), signature)).toBe(true)
  })

  it('of another size than the signed one is refused, though its proof leads to the same root (rule 21)', () => {
    const larger = new TestHost()
    for (let size = 2; size < 6; size++) larger.append({ kind: 'grant', grant: larger.grant() })
    const [, , third = new Uint8Array()] = larger.entries
    const head = larger.sign()
    const proof = { index: 2, path: larger.tree.inclusionPath(2) }
    for (const size of [5, 7, 8]) {
      expect(rootFromInclusion({ ...proof, size, leaf: leafHash(third) })).toEqual(head.head.root)
      const lie = encodeReceipt({ ...head, head: { ...head.head, size } }, proof)
      expect(codeOf(() => openReceipt(parseReceipt(lie), third, larger.leaf.signer.publicKey))).toBe('RECEIPT_INVALID')
    }
  })

  it('with a consistency proof to another size than the signed one is refused (rule 21)', () => {
    for (const to of [3, 5]) {
      expect(codeOf(() => open(consistency(2, to, host.tree.consistencyPath(2, 4))))).toBe('RECEIPT_INVALID')
    }
  })

  it('with another index is refused', () => {
    for (const index of [0, 1, 3, 4, 2 ** 40]) {
      expect(codeOf(() => open(inclusion(4, index, path())))).toBe('RECEIPT_INVALID')
    }
  })

  it('of another entry is refused', () => {
    for (const other of host.entries.filter((bytes) => !equal(bytes, entry))) {
      expect(codeOf(() => open(receipt, other))).toBe('RECEIPT_INVALID')
    }
  })

  it('is refused with another key, and with one of another algorithm (rule 12)', () => {
    for (const algorithm of ['ESP256', 'Ed25519'] as const) {
      const { publicKey } = signerFromPkcs8(generatePrivateKey(algorithm))
      expect(codeOf(() => openReceipt(parseReceipt(receipt), entry, publicKey))).toBe('RECEIPT_INVALID')
    }
  })

  it('of a host is none of an authority, and the other way round (rule 2)', () => {
    expect(codeOf(() => openReceipt(parseReceipt(receipt), entry, key, 'authority-receipt'))).toBe('KIND_MISMATCH')
    const other = parseReceipt(host.receipt(entry, host.sign(grantTime, 'authority-receipt')))
    expect(codeOf(() => openReceipt(other, entry, key))).toBe('KIND_MISMATCH')
    expect(openReceipt(other, entry, key, 'authority-receipt').size).toBe(4)
  })

  it('does not exist for a tree of one entry (rule 22)', () => {
    expect(codeOf(() => open(inclusion(4, 2, [])))).toBe('MALFORMED')
  })

  it('has no consistency proof from nothing, from the same size, or from a larger one (rule 22)', () => {
    for (const from of [0, 4, 5]) expect(codeOf(() => open(consistency(from, 4, [])))).toBe('MALFORMED')
  })

  it('without its consistency proof is the one that was made without, and still opens', () => {
    expect(toHex(withoutConsistency(receipt))).toBe(toHex(host.receipt(entry, signed)))
    expect(open(withoutConsistency(receipt))).toEqual(signed.head)
  })

  it('gives a checkpoint that opens to the same head (rule 21)', () => {
    const checkpoint = checkpointFromReceipt(parseReceipt(receipt), signed.head.root)
    expect(toHex(checkpoint)).toBe(toHex(encodeCheckpoint(signed)))
    expect(openCheckpoint(checkpoint, key)).toEqual(signed.head)
  })

  it.each<[string, () => Uint8Array, string]>([
    ['a payload', () => withProofs(new Map([[-1, [encodeCbor([4, 2, path()])]]]), host.tree.root()), 'MALFORMED'],
    ['no proofs', () => withUnprotected(new Map()), 'MALFORMED'],
    ['no inclusion proof', () => withProofs(new Map()), 'MALFORMED'],
    [
      'two inclusion proofs',
      () => withProofs(new Map([[-1, Array<Uint8Array>(2).fill(encodeCbor([4, 2, path()]))]])),
      'MALFORMED',
    ],
    ['a proof that is not wrapped', () => withProofs(new Map([[-1, [[4, 2, path()]]]])), 'MALFORMED'],
    ['a proof of two parts', () => inclusion(4, 2), 'MALFORMED'],
    ['a hash of 31 bytes', () => inclusion(4, 2, [new Uint8Array(31)]), 'MALFORMED'],
    [
      'a third sort of proof',
      () => withProofs(withField(new Map([[-1, [encodeCbor([4, 2, path()])]]]), -3, [])),
      'UNKNOWN_CRITICAL',
    ],
    [
      'another unsigned header',
      () =>
        withUnprotected(
          new Map<number, CborValue>([
            [396, new Map([[-1, [encodeCbor([4, 2, path()])]]])],
            [-1, 0],
          ]),
        ),
      'UNKNOWN_CRITICAL',
    ],
  ])('with %s is refused', (_, make, code) => {
    expect(codeOf(() => open(make()))).toBe(code)
  })

  it('is refused when any of its bits is flipped', () => {
    expect(outcomes(bitFlips(withoutConsistency(receipt)), open)).not.toContain('none')
  })

  it('cut short or loosely encoded is malformed', () => {
    expect(outcomes([...truncations(receipt), ...looseForms(receipt)], open)).toEqual(['MALFORMED'])
  })
})

describe('the header of a tree head', () => {
  const header = new Map<number, CborValue>([
    [34, [-16, host.x5t]],
    [395, 1],
    [-65537, 4],
    [-65538, grantTime],
    [-65539, host.logId],
  ])

  function parse(protectedExtra: CborMap, typ = documentKinds['host-receipt'].typ, signer = host.leaf.signer): unknown {
    const { protectedBytes, signature } = parseSign1(
      signSign1({ typ, protectedExtra, payload: host.tree.root() }, signer),
    )
    return open(encodeReceipt({ ...signed, protectedBytes, signature }, { index: 2, path: path() }))
  }

  it('is the one that is signed', () => {
    expect(parse(header)).toEqual(signed.head)
  })

  it('is closed: a header that is unknown here is refused, though it is signed', () => {
    for (const label of [2, 3, 4, -1, -65540]) {
      expect(codeOf(() => parse(withField(header, label, 1)))).toBe('UNKNOWN_CRITICAL')
    }
  })

  it('lacks nothing', () => {
    for (const label of header.keys()) expect(codeOf(() => parse(without(header, label)))).toBe('MALFORMED')
  })

  it.each<[string, number, CborValue]>([
    ['another tree than RFC 9162', 395, 2],
    ['a hash of the certificate other than SHA-256', 34, [-15, host.x5t]],
    ['a negative size', -65537, -4],
    ['a short log ID', -65539, host.logId.subarray(1)],
  ])('with %s is malformed', (_, label, value) => {
    expect(codeOf(() => parse(withField(header, label, value)))).toBe('MALFORMED')
  })

  it('of a kind that does not vouch for a ledger is refused (rule 2)', () => {
    for (const kind of ['pack', 'confirmation', 'directory-object', 'revocation-list'] as const) {
      expect(codeOf(() => parse(header, documentKinds[kind].typ))).toBe('KIND_MISMATCH')
    }
  })

  it('that names another algorithm than ESP256 is refused, with whatever key (rule 12)', () => {
    const ed25519 = signerFromPkcs8(generatePrivateKey('Ed25519'))
    expect(codeOf(() => parse(header, documentKinds['host-receipt'].typ, ed25519))).toBe('MALFORMED')
  })
})
