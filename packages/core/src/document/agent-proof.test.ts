import { describe, expect, it } from 'vitest'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectMap } from '../cbor/expect.ts'
import type { CborMap } from '../cbor/value.ts'
import { thumbprint } from '../cose/key.ts'
import { parseSign1, signSign1 } from '../cose/sign1.ts'
import { type AgentProof, noUid, openAgentProof, signAgentProof } from './agent-proof.ts'
import { newSigner } from './certificates.fixture.ts'
import { bitFlips, codeOf, looseForms, truncations, withField, without, wrongTypes } from './decoder-laws.fixture.ts'
import { deviceTyps } from './kinds.ts'

const signer = newSigner()
const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill)
const proof: AgentProof = {
  nonce: bytes(32, 1),
  product: bytes(16, 3),
  deviceKey: signer.publicKey,
  time: 1_800_000_000,
  uid: 1000,
  leaseDigest: bytes(32, 4),
}
const signed = signAgentProof(proof, signer)
const machine = thumbprint(signer.publicKey)
const expected = { nonce: proof.nonce, product: proof.product, uid: 1000, leaseDigest: proof.leaseDigest, machine }
const payload = expectMap(decodeCbor(parseSign1(signed).payload ?? new Uint8Array()), 'payload')

function forge(map: CborMap, typ: string = deviceTyps.agentProof): Uint8Array {
  return signSign1({ typ, protectedExtra: new Map([[4, machine]]), payload: encodeCbor(map) }, signer)
}

describe("an agent's proof", () => {
  it('comes back as it was signed, for whoever asked exactly that', () => {
    expect(openAgentProof(signed, expected)).toEqual(proof)
  })

  it.each([
    ['nonce', { nonce: bytes(32, 2) }],
    ['nonce', { nonce: bytes(16, 1) }],
    ['product', { product: bytes(16, 4) }],
    ['account', { uid: 1001 }],
    ['lease', { leaseDigest: bytes(32, 5) }],
    ['machine', { machine: thumbprint(newSigner().publicKey) }],
  ])('is worth nothing to whoever expects another %s (rule 4)', (name, other) => {
    expect(codeOf(() => openAgentProof(signed, { ...expected, ...other }))).toBe('PROOF_MISMATCH')
    expect(() => openAgentProof(signed, { ...expected, ...other })).toThrow(`another ${name} than`)
  })

  it('is no other signature of the device key, and none of those is a proof (rules 2, 4)', () => {
    const { agentProof: own, ...others } = deviceTyps
    expect(codeOf(() => openAgentProof(forge(payload, own), expected))).toBeUndefined()
    for (const typ of Object.values(others))
      expect(codeOf(() => openAgentProof(forge(payload, typ), expected))).toBe('KIND_MISMATCH')
  })

  it('says inside what it is for, letter by letter (rule 4)', () => {
    for (const text of ['volact agent proof v2', 'volact agent proof', '']) {
      expect(codeOf(() => openAgentProof(forge(withField(payload, 17, text)), expected))).toBe('KIND_MISMATCH')
    }
  })

  it.each([
    ['a nonce of 15 bytes', 2, bytes(15, 1)],
    ['a nonce of 65 bytes', 2, bytes(65, 1)],
    ['an account beyond 32 bits', 18, noUid + 1],
  ])('is refused with %s, and never signed', (_, key, value) => {
    expect(codeOf(() => openAgentProof(forge(withField(payload, key, value)), expected))).toBe('MALFORMED')
    const changed = value instanceof Uint8Array ? { nonce: value } : { uid: value }
    expect(codeOf(() => signAgentProof({ ...proof, ...changed }, signer))).toBe('MALFORMED')
  })

  it('takes nonces from 16 to 64 bytes, and every account', () => {
    for (const nonce of [bytes(16, 1), bytes(64, 1)]) {
      for (const uid of [0, noUid]) {
        const asked = { ...expected, nonce, uid }
        expect(openAgentProof(signAgentProof({ ...proof, nonce, uid }, signer), asked)).toMatchObject({ nonce, uid })
      }
    }
  })

  it('names no negative account', () => {
    expect(codeOf(() => signAgentProof({ ...proof, uid: -1 }, signer))).toBe('MALFORMED')
  })

  it('may hold unknown keys below 0, no unknown key from 0, and no other version', () => {
    expect(openAgentProof(forge(withField(payload, -1, 'later')), expected)).toEqual(proof)
    expect(codeOf(() => openAgentProof(forge(withField(payload, 6, 'later')), expected))).toBe('UNKNOWN_CRITICAL')
    expect(codeOf(() => openAgentProof(forge(withField(payload, 1, 2)), expected))).toBe('UNSUPPORTED_VERSION')
  })

  it('is refused with missing fields and wrong types', () => {
    for (const bad of [...wrongTypes(payload), ...[...payload.keys()].map((key) => without(payload, key))]) {
      expect(codeOf(() => openAgentProof(forge(bad), expected))).toBe('MALFORMED')
    }
  })

  it('is refused when cut short, loosely encoded, or altered in a bit anywhere', () => {
    for (const bad of [...truncations(signed), ...looseForms(signed), ...bitFlips(signed, 5)]) {
      expect(codeOf(() => openAgentProof(bad, expected))).toBeDefined()
    }
  })

  it('is signed by its own device key only', () => {
    expect(() => signAgentProof(proof, newSigner())).toThrow('signed by its device key')
  })
})
