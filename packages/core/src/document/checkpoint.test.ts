import { describe, expect, it } from 'vitest'
import { encodeCbor } from '../cbor/encode.ts'
import type { CborValue } from '../cbor/value.ts'
import { signatureInput } from '../cose/sign1.ts'
import { generatePrivateKey, signerFromPkcs8 } from '../crypto.ts'
import { newSigner } from './certificates.fixture.ts'
import { encodeCheckpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { bitFlips, codeOf, looseForms, truncations } from './decoder-laws.fixture.ts'
import { grantTime, TestHost } from './host.fixture.ts'
import { outcomes } from './outcomes.fixture.ts'

const host = new TestHost()
const key = host.leaf.signer.publicKey
const signed = host.sign()
const checkpoint = encodeCheckpoint(signed)

function altered(unprotected: CborValue, payload: CborValue): Uint8Array {
  return encodeCbor({ tag: 18, value: [signed.protectedBytes, unprotected, payload, signed.signature] })
}

describe('a checkpoint', () => {
  it('is read as it was written, and opens with the key that signed it', () => {
    expect(openCheckpoint(checkpoint, key)).toEqual(signed.head)
    expect(parseCheckpoint(checkpoint)).toEqual({
      kind: 'host-receipt',
      ...signed.head,
      protectedBytes: signed.protectedBytes,
      signature: signed.signature,
    })
  })

  it('does not open with another key', () => {
    expect(codeOf(() => openCheckpoint(checkpoint, newSigner().publicKey))).toBe('SIGNATURE_INVALID')
  })

  it('does not open with a key of another algorithm than its header names, though that key signed it (rule 12)', () => {
    const signer = signerFromPkcs8(generatePrivateKey('Ed25519'))
    const signature = signer.sign(signatureInput(signed.protectedBytes, signed.head.root))
    const forged = encodeCheckpoint({ ...signed, signature })
    expect(codeOf(() => openCheckpoint(forged, signer.publicKey))).toBe('SIGNATURE_INVALID')
  })

  it('of an authority is none of a host (rule 2)', () => {
    const other = encodeCheckpoint(host.sign(grantTime, 'authority-receipt'))
    expect(codeOf(() => openCheckpoint(other, key))).toBe('KIND_MISMATCH')
    expect(openCheckpoint(other, key, 'authority-receipt').size).toBe(2)
  })

  it.each<[string, CborValue, CborValue, string]>([
    ['an unsigned header', new Map([[396, 0]]), host.tree.root(), 'UNKNOWN_CRITICAL'],
    ['no root', new Map(), null, 'MALFORMED'],
    ['a short root', new Map(), host.tree.root().subarray(1), 'MALFORMED'],
  ])('with %s is refused', (_, unprotected, payload, code) => {
    expect(codeOf(() => parseCheckpoint(altered(unprotected, payload)))).toBe(code)
  })

  it('with any bit flipped is refused', () => {
    const codes = outcomes(bitFlips(checkpoint), (flipped) => openCheckpoint(flipped, key))
    expect(codes).not.toContain('none')
  })

  it('cut short or loosely encoded is malformed', () => {
    expect(outcomes([...truncations(checkpoint), ...looseForms(checkpoint)], parseCheckpoint)).toEqual(['MALFORMED'])
  })
})
