import { describe, expect, it } from 'vitest'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectMap } from '../cbor/expect.ts'
import type { CborMap } from '../cbor/value.ts'
import { thumbprint } from '../cose/key.ts'
import { parseSign1, signSign1 } from '../cose/sign1.ts'
import { sha256 } from '../crypto.ts'
import { newSigner } from './certificates.fixture.ts'
import { bitFlips, codeOf, looseForms, truncations, withField, without, wrongTypes } from './decoder-laws.fixture.ts'
import { deviceTyps } from './kinds.ts'
import { openRelease, signRelease } from './release.ts'
import type { Release } from './release.ts'

const signer = newSigner()
const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill)
const release: Release = {
  nonce: bytes(16, 1),
  logId: bytes(32, 2),
  product: bytes(16, 3),
  deviceKey: signer.publicKey,
  time: 1_800_000_000,
  grant: bytes(16, 4),
}
const signed = signRelease(release, signer)
const machine = thumbprint(signer.publicKey)
const payload = expectMap(decodeCbor(parseSign1(signed).payload ?? new Uint8Array()), 'payload')

function forge(map: CborMap, typ: string = deviceTyps.release): Uint8Array {
  return signSign1({ typ, protectedExtra: new Map([[4, machine]]), payload: encodeCbor(map) }, signer)
}

describe('a release', () => {
  it('comes back as it was signed, with its machine and the digest of its bytes (rule 38)', () => {
    expect(openRelease(signed)).toEqual({ release, machine, digest: sha256(signed) })
  })

  it('is no request, and no other signature of the device key is a release (rules 2, 4)', () => {
    const { release: own, ...others } = deviceTyps
    expect(codeOf(() => openRelease(forge(payload, own)))).toBeUndefined()
    for (const typ of Object.values(others))
      expect(codeOf(() => openRelease(forge(payload, typ)))).toBe('KIND_MISMATCH')
  })

  it('may hold unknown keys below 0, no unknown key from 0, and no other version', () => {
    expect(openRelease(forge(withField(payload, -1, 'later'))).release).toEqual(release)
    expect(codeOf(() => openRelease(forge(withField(payload, 6, 'later'))))).toBe('UNKNOWN_CRITICAL')
    expect(codeOf(() => openRelease(forge(withField(payload, 1, 2))))).toBe('UNSUPPORTED_VERSION')
  })

  it('is refused with missing fields and wrong types', () => {
    for (const bad of [...wrongTypes(payload), ...[...payload.keys()].map((key) => without(payload, key))]) {
      expect(codeOf(() => openRelease(forge(bad)))).toBe('MALFORMED')
    }
  })

  it('is refused when cut short, loosely encoded, or altered in a bit anywhere', () => {
    for (const bad of [...truncations(signed), ...looseForms(signed), ...bitFlips(signed, 5)]) {
      expect(codeOf(() => openRelease(bad))).toBeDefined()
    }
  })

  it('is signed by its own device key only', () => {
    expect(() => signRelease(release, newSigner())).toThrow('signed by its device key')
  })
})
