import { execFileSync } from 'node:child_process'
import { createPublicKey, verify as nodeVerify } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from 'cbor2'
import { afterAll, describe, expect, it } from 'vitest'
import { concat, toHex, utf8 } from '../bytes.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import type { CborKey, CborMap, CborTagged, CborValue } from '../cbor/value.ts'
import { generatePrivateKey, signerFromPkcs8, spkiFromPublicKey } from '../crypto.ts'
import { encodePem } from '../der/pem.ts'
import { derSequence, derUnsigned } from '../der/writer.ts'
import { openSign1, parseSign1, parseSign1Value, signSign1, signatureInput } from './sign1.ts'

const folder = mkdtempSync(join(tmpdir(), 'volact-sign1-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const typ = 'application/volact-sample+cose'
const payload = utf8('what is signed')
const failure = (code: string): unknown => expect.objectContaining({ code })
const emptyMap: CborMap = new Map()
const signers = (['ESP256', 'Ed25519'] as const).map((algorithm) => ({
  algorithm,
  signer: signerFromPkcs8(generatePrivateKey(algorithm)),
}))

describe.each(signers)('a COSE_Sign1 of $algorithm', ({ algorithm, signer }) => {
  const key = signer.publicKey
  const protectedExtra = new Map<CborKey, CborValue>([[395, 1], [-65537, 'x']]) // prettier-ignore
  const unprotected = new Map<CborKey, CborValue>([[396, [1]]])
  const bytes = signSign1({ typ, payload, protectedExtra, unprotected }, signer)

  it('gives its payload to whoever has the key and knows the kind', () => {
    const sign1 = parseSign1(bytes)
    expect(sign1.protectedHeader).toEqual(new Map<CborKey, CborValue>([...protectedExtra, [1, algorithm === 'ESP256' ? -9 : -19], [16, typ]])) // prettier-ignore
    expect(sign1.unprotectedHeader).toEqual(unprotected)
    expect(openSign1(sign1, { typ, key })).toEqual(payload)
  })

  it('has headers only where they are given', () => {
    const sign1 = parseSign1(signSign1({ typ, payload }, signer))
    expect([sign1.protectedHeader.size, sign1.unprotectedHeader.size]).toEqual([2, 0])
  })

  it('is signed over the Sig_structure of RFC 9052 §4.4, which cbor2 writes the same', () => {
    const { protectedBytes, signature } = parseSign1(bytes)
    const input = signatureInput(protectedBytes, payload)
    expect(toHex(input)).toBe(toHex(encode(['Signature1', protectedBytes, new Uint8Array(), payload])))
    const nodeKey = createPublicKey({ key: Buffer.from(spkiFromPublicKey(key)), format: 'der', type: 'spki' })
    const digest = algorithm === 'ESP256' ? 'sha256' : null
    expect(nodeVerify(digest, input, { key: nodeKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
  })

  it('is found good by openssl', () => {
    const { protectedBytes, signature } = parseSign1(bytes)
    const der = derSequence(derUnsigned(signature.subarray(0, 32)), derUnsigned(signature.subarray(32)))
    writeFileSync(join(folder, 'key.pem'), encodePem('PUBLIC KEY', spkiFromPublicKey(key)))
    writeFileSync(join(folder, 'input'), signatureInput(protectedBytes, payload))
    writeFileSync(join(folder, 'signature'), algorithm === 'ESP256' ? der : signature)
    const args =
      algorithm === 'ESP256'
        ? ['dgst', '-sha256', '-verify', 'key.pem', '-signature', 'signature', 'input']
        : ['pkeyutl', '-verify', '-pubin', '-inkey', 'key.pem', '-rawin', '-in', 'input', '-sigfile', 'signature']
    expect(execFileSync('openssl', args, { cwd: folder, encoding: 'utf8' })).toMatch(
      /Verified OK|Verified Successfully/,
    )
  })

  it('is refused as any other kind (rule 2)', () => {
    expect(() => openSign1(parseSign1(bytes), { typ: `${typ}x`, key })).toThrow(failure('KIND_MISMATCH'))
  })

  it('is refused under any other key, also one of the other algorithm (rule 12)', () => {
    for (const other of signers) {
      const stranger = signerFromPkcs8(generatePrivateKey(other.algorithm)).publicKey
      expect(() => openSign1(parseSign1(bytes), { typ, key: stranger })).toThrow(failure('SIGNATURE_INVALID'))
    }
  })

  it('is refused with any other bit, but for the header that is not signed', () => {
    const signedOnly = signSign1({ typ, payload }, signer)
    for (let bit = 0; bit < signedOnly.length * 8; bit++) {
      const altered = new Uint8Array(signedOnly)
      altered[bit >> 3] = Number(altered[bit >> 3]) ^ (1 << (bit & 7))
      expect(() => openSign1(parseSign1(altered), { typ, key })).toThrow(
        expect.objectContaining({
          code: expect.stringMatching(/^(MALFORMED|UNKNOWN_CRITICAL|KIND_MISMATCH|SIGNATURE_INVALID)$/) as string,
        }),
      )
    }
  })

  it('may leave out its payload, which then comes from elsewhere', () => {
    const detached = parseSign1(signSign1({ typ, payload, detached: true }, signer))
    expect(detached.payload).toBeNull()
    expect(openSign1(detached, { typ, key, payload })).toEqual(payload)
    expect(() => openSign1(detached, { typ, key, payload: utf8('other') })).toThrow(failure('SIGNATURE_INVALID'))
    expect(() => openSign1(detached, { typ, key })).toThrow(failure('MALFORMED'))
    expect(() => openSign1(parseSign1(bytes), { typ, key, payload })).toThrow(failure('MALFORMED'))
  })
})

describe('parseSign1', () => {
  const header = encodeCbor(new Map<CborKey, CborValue>([[1, -9], [16, typ]])) // prettier-ignore
  const signature = new Uint8Array(64)
  const sign1 = (...value: readonly CborValue[]): CborTagged => ({ tag: 18, value })

  it('reads one that stands inside another document', () => {
    expect(parseSign1Value(sign1(header, emptyMap, payload, signature)).payload).toEqual(payload)
  })

  it.each<[string, CborValue, string]>([
    ['no tag', [header, emptyMap, payload, signature], 'MALFORMED'],
    ['another tag', { tag: 98, value: [header, emptyMap, payload, signature] }, 'MALFORMED'],
    ['three values', sign1(header, emptyMap, payload), 'MALFORMED'],
    ['five values', sign1(header, emptyMap, payload, signature, 0), 'MALFORMED'],
    ['an empty protected header', sign1(new Uint8Array(), emptyMap, payload, signature), 'MALFORMED'],
    ['a protected header that is no map', sign1(encodeCbor(1), emptyMap, payload, signature), 'MALFORMED'],
    ['bytes after it', sign1(concat(header, header), emptyMap, payload, signature), 'MALFORMED'],
    ['a payload that is text', sign1(header, emptyMap, 'x', signature), 'MALFORMED'],
    ['a signature of 63 bytes', sign1(header, emptyMap, payload, signature.subarray(1)), 'MALFORMED'],
    ['a header twice', sign1(header, new Map([[16, typ]]), payload, signature), 'MALFORMED'],
    [
      'an algorithm that is not signed',
      sign1(encodeCbor(emptyMap), new Map([[1, -9]]), payload, signature),
      'MALFORMED',
    ],
    ['crit', sign1(encodeCbor(new Map<CborKey, CborValue>([[1, -9], [2, [99]]])), emptyMap, payload, signature), 'UNKNOWN_CRITICAL'], // prettier-ignore
  ])('refuses %s', (_, value, code) => {
    expect(() => parseSign1(encodeCbor(value))).toThrow(failure(code))
  })

  it('does not decode what is no CBOR', () => {
    expect(() => parseSign1(utf8('hello'))).toThrow(failure('MALFORMED'))
    expect(decodeCbor(header)).toBeInstanceOf(Map)
  })
})
