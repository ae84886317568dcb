import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectMap } from '../cbor/expect.ts'
import type { CborKey, CborMap, CborValue } from '../cbor/value.ts'
import { coseKeyOf, thumbprint } from '../cose/key.ts'
import { parseSign1, signSign1 } from '../cose/sign1.ts'
import { generatePrivateKey, sha256, signerFromPkcs8 } from '../crypto.ts'
import { newSigner } from './certificates.fixture.ts'
import { bitFlips, codeOf, looseForms, truncations, withField, without, wrongTypes } from './decoder-laws.fixture.ts'
import { deviceTyps, documentKinds } from './kinds.ts'
import { signRelease } from './release.ts'
import { openRequest, requestDigest, signRequest } from './request.ts'
import type { ActivationRequest } from './request.ts'

const signer = newSigner()
const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill)

const first: ActivationRequest = {
  nonce: bytes(16, 1),
  audience: { kind: 'address', address: 'host.example:1688' },
  product: bytes(16, 2),
  deviceKey: signer.publicKey,
  anchor: bytes(32, 3),
  state: 2,
  time: 1_800_000_000,
  minutesLeft: 43_200,
  flags: { weak: false, virtual: true, ephemeral: false },
  detailsDigest: bytes(32, 4),
}

const renewal: ActivationRequest = {
  ...first,
  audience: { kind: 'log', logId: bytes(32, 5) },
  checkpoint: bytes(30, 6),
  prev: bytes(16, 7),
  listKnown: { epoch: 1_700_000_000, number: 9 },
  challenge: bytes(16, 8),
}

const machine = thumbprint(signer.publicKey)

/** Signs any payload as a request, as a hostile client could. */
function forge(
  payload: CborValue,
  headers: { typ?: string; kid?: CborValue; extra?: CborMap; unprotected?: CborMap } = {},
): Uint8Array {
  const { typ = deviceTyps.request, kid = machine, extra = new Map(), unprotected = new Map() } = headers
  const protectedExtra: CborMap = new Map<CborKey, CborValue>([[4, kid], ...extra])
  return signSign1({ typ, protectedExtra, unprotected, payload: encodeCbor(payload) }, signer)
}

function payloadOf(request: ActivationRequest): CborMap {
  return expectMap(decodeCbor(parseSign1(signRequest(request, signer)).payload ?? new Uint8Array()), 'payload')
}

const payload = payloadOf(first)

describe('a request', () => {
  it('comes back as it was signed, with the machine it is from and the digest of its bytes (rules 13, 14)', () => {
    for (const request of [
      first,
      renewal,
      { ...renewal, state: 0, flags: { weak: true, virtual: false, ephemeral: true } },
    ]) {
      const signed = signRequest(request, signer)
      expect(openRequest(signed)).toEqual({ request, machine, digest: sha256(signed) })
      expect(requestDigest(signed)).toEqual(sha256(signed))
    }
  })

  it('is opened only if the device key inside has signed it (rule 13)', () => {
    const other = newSigner()
    const claimed = withField(payload, 5, coseKeyOf(other.publicKey))
    expect(codeOf(() => openRequest(forge(claimed, { kid: thumbprint(other.publicKey) })))).toBe('SIGNATURE_INVALID')
  })

  it('names in its header the thumbprint of the key inside, and no other machine (rule 34)', () => {
    expect(openRequest(forge(payload)).machine).toEqual(machine)
    expect(codeOf(() => openRequest(forge(payload, { kid: bytes(32, 9) })))).toBe('SIGNATURE_INVALID')
    expect(codeOf(() => openRequest(forge(payload, { kid: bytes(31, 9) })))).toBe('MALFORMED')
  })

  it('is signed by a P-256 key, never by another that COSE knows (rule 12)', () => {
    const ed25519 = signerFromPkcs8(generatePrivateKey('Ed25519'))
    const content = { typ: deviceTyps.request, protectedExtra: new Map([[4, thumbprint(ed25519.publicKey)]]) }
    const claimed = encodeCbor(withField(payload, 5, coseKeyOf(ed25519.publicKey)))
    expect(codeOf(() => openRequest(signSign1({ ...content, payload: claimed }, ed25519)))).toBe('SIGNATURE_INVALID')
  })

  it('is no other signature of the device key, and none of them is a request (rules 2, 4)', () => {
    const { request: typ, challengedRequest, ...others } = deviceTyps
    expect(codeOf(() => openRequest(forge(payload, { typ })))).toBeUndefined()
    for (const other of [...Object.values(others), documentKinds['host-receipt'].typ, 'application/cose']) {
      expect(codeOf(() => openRequest(forge(payload, { typ: other })))).toBe('KIND_MISMATCH')
    }
    const release = {
      nonce: first.nonce,
      logId: bytes(32, 1),
      product: first.product,
      deviceKey: signer.publicKey,
      time: 1,
      grant: bytes(16, 1),
    }
    expect(codeOf(() => openRequest(signRelease(release, signer)))).toBe('KIND_MISMATCH')
    expect(codeOf(() => openRequest(forge(payload, { typ: challengedRequest })))).toBe('KIND_MISMATCH')
  })

  it('with a challenge is signed as the answer to it, so that a recorded request is none (rules 4, 16)', () => {
    const challenged = withField(payload, 16, bytes(16, 8))
    expect(codeOf(() => openRequest(forge(challenged, { typ: deviceTyps.challengedRequest })))).toBeUndefined()
    expect(codeOf(() => openRequest(forge(challenged, { typ: deviceTyps.request })))).toBe('KIND_MISMATCH')
  })

  it('has headers without anything unknown, so that each of their bits is signed or refused', () => {
    expect(codeOf(() => openRequest(forge(payload, { extra: new Map([[-70_000, 1]]) })))).toBe('UNKNOWN_CRITICAL')
    expect(codeOf(() => openRequest(forge(payload, { unprotected: new Map([[-70_000, 1]]) })))).toBe('UNKNOWN_CRITICAL')
  })

  it('may hold unknown keys below 0, and no unknown key from 0', () => {
    expect(openRequest(forge(withField(payload, -1, 'later'))).request).toEqual(first)
    expect(codeOf(() => openRequest(forge(withField(payload, 15, 'later'))))).toBe('UNKNOWN_CRITICAL')
  })

  it('of an unknown version is refused as such, whatever else is in it', () => {
    expect(codeOf(() => openRequest(forge(new Map([[1, 2]]))))).toBe('UNSUPPORTED_VERSION')
  })

  it('is refused with missing fields and wrong types', () => {
    const all = payloadOf({ ...renewal, audience: first.audience })
    for (const bad of wrongTypes(all).filter((candidate) => candidate.size === all.size)) {
      expect(codeOf(() => openRequest(forge(bad, { typ: deviceTyps.challengedRequest })))).toBe('MALFORMED')
    }
    for (const key of payload.keys()) expect(codeOf(() => openRequest(forge(without(payload, key))))).toBe('MALFORMED')
    expect(codeOf(() => openRequest(forge('request')))).toBe('MALFORMED')
  })

  it.each([
    [2, bytes(15, 0), 'MALFORMED'],
    [3, bytes(31, 0), 'MALFORMED'],
    [3, 'x'.repeat(301), 'MALFORMED'],
    [7, 7, 'MALFORMED'],
    [8, -1, 'MALFORMED'],
    [10, 8, 'UNKNOWN_CRITICAL'],
    [13, bytes(17, 0), 'MALFORMED'],
    [14, [1], 'MALFORMED'],
    [14, [1, -1], 'MALFORMED'],
  ])('is refused with %s: %o', (key, value, code) => {
    expect(codeOf(() => openRequest(forge(withField(payload, key, value))))).toBe(code)
  })

  it('is refused when it is detached', () => {
    const detached = signSign1(
      { typ: deviceTyps.request, protectedExtra: new Map([[4, machine]]), payload: new Uint8Array(), detached: true },
      signer,
    )
    expect(codeOf(() => openRequest(detached))).toBe('MALFORMED')
  })

  it('is refused when cut short or loosely encoded, inside and outside', () => {
    const signed = signRequest(first, signer)
    for (const bad of [...truncations(signed), ...looseForms(signed)]) {
      expect(codeOf(() => openRequest(bad))).toBe('MALFORMED')
    }
    for (const inside of looseForms(encodeCbor(payload))) {
      const content = { typ: deviceTyps.request, protectedExtra: new Map([[4, machine]]), payload: inside }
      expect(codeOf(() => openRequest(signSign1(content, signer)))).toBe('MALFORMED')
    }
  })

  it('is refused with one coded error for every single bit that is turned over', () => {
    const signed = signRequest(first, signer)
    for (const flipped of bitFlips(signed)) expect(codeOf(() => openRequest(flipped))).toBeDefined()
  })

  it('gives a value or one coded error for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => void codeOf(() => openRequest(any))))
  })

  it('is signed by its own device key only', () => {
    expect(() => signRequest(first, newSigner())).toThrow('signed by its device key')
  })
})
