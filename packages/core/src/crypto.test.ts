import { createHash, createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, toHex, utf8 } from './bytes.ts'
import {
  generatePrivateKey,
  hmacSha256,
  isValidPublicKey,
  publicKeyFromSpki,
  sha256,
  signerFromPkcs8,
  spkiFromPublicKey,
  verify,
  verifyDer,
} from './crypto.ts'
import type { PublicKey } from './crypto.ts'

const data = utf8('what was signed')
const algorithms = ['ESP256', 'Ed25519'] as const
const malformed: unknown = expect.objectContaining({ code: 'MALFORMED' })

/** The same bytes with one bit changed. */
function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = new Uint8Array(bytes)
  flipped[bit >> 3] = Number(flipped[bit >> 3]) ^ (1 << (bit & 7))
  return flipped
}

function eachBit(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: bytes.length * 8 }, (_, bit) => flip(bytes, bit))
}

describe('sha256 and hmacSha256', () => {
  it('give what node:crypto gives, over one part, several and none', () => {
    expect(sha256(data)).toEqual(new Uint8Array(createHash('sha256').update(data).digest()))
    expect(sha256(utf8('what was '), utf8('signed'))).toEqual(sha256(data))
    expect(toHex(sha256())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(hmacSha256(utf8('key'), data)).toEqual(new Uint8Array(createHmac('sha256', 'key').update(data).digest()))
  })

  it('give plain arrays that share no memory with anything', () => {
    for (const digest of [sha256(data), hmacSha256(data, data)]) {
      expect(digest.constructor).toBe(Uint8Array)
      expect(digest.buffer.byteLength).toBe(32)
    }
  })
})

describe.each(algorithms)('a key of %s', (algorithm) => {
  const pkcs8 = generatePrivateKey(algorithm)
  const signer = signerFromPkcs8(pkcs8)
  const key = signer.publicKey
  const signature = signer.sign(data)

  it('signs what it verifies itself, in 64 bytes', () => {
    expect(signature).toHaveLength(64)
    expect(signature.constructor).toBe(Uint8Array)
    expect(verify(key, data, signature)).toBe(true)
  })

  it('comes back from its SubjectPublicKeyInfo, which is that of node:crypto', () => {
    const spki = createPublicKey({ key: Buffer.from(spkiFromPublicKey(key)), format: 'der', type: 'spki' })
    expect(new Uint8Array(spki.export({ format: 'der', type: 'spki' }))).toEqual(spkiFromPublicKey(key))
    expect(publicKeyFromSpki(spkiFromPublicKey(key))).toEqual(key)
  })

  it('verifies nothing but what it signed: any other bit, data, key or length fails', () => {
    for (const other of eachBit(signature)) expect(verify(key, data, other)).toBe(false)
    for (const other of eachBit(data)) expect(verify(key, other, signature)).toBe(false)
    expect(verify(signerFromPkcs8(generatePrivateKey(algorithm)).publicKey, data, signature)).toBe(false)
    for (const other of [
      new Uint8Array(),
      signature.subarray(1),
      concat(signature, Uint8Array.of(0)),
      new Uint8Array(64),
    ]) {
      expect(verify(key, data, other)).toBe(false)
    }
  })

  it('is refused as a SubjectPublicKeyInfo with anything else about it', () => {
    const spki = spkiFromPublicKey(key)
    for (const other of [new Uint8Array(), spki.subarray(1), concat(spki, Uint8Array.of(0)), flip(spki, 3)]) {
      expect(() => publicKeyFromSpki(other)).toThrow(malformed)
    }
  })

  it('is refused as PKCS#8 when it is none', () => {
    expect(() => signerFromPkcs8(pkcs8.subarray(1))).toThrow(malformed)
    expect(() => signerFromPkcs8(new Uint8Array())).toThrow(malformed)
  })

  it('verifies nothing when its length is wrong', () => {
    const short: PublicKey = { algorithm, bytes: key.bytes.subarray(1) }
    expect(isValidPublicKey(short)).toBe(false)
    expect(verify(short, data, signature)).toBe(false)
  })
})

describe('a point', () => {
  const { publicKey } = signerFromPkcs8(generatePrivateKey('ESP256'))

  it.each<[string, Uint8Array]>([
    ['is not on the curve', flip(publicKey.bytes, 519)],
    ['is the origin', concat(Uint8Array.of(4), new Uint8Array(64))],
    ['lies beyond the field', concat(Uint8Array.of(4), new Uint8Array(64).fill(0xff))],
    ['is compressed in its first byte', concat(Uint8Array.of(2), publicKey.bytes.subarray(1))],
    ['is hybrid', concat(Uint8Array.of(6 + (Number(publicKey.bytes[64]) & 1)), publicKey.bytes.subarray(1))],
    // (0, √b) is a point; x is the prime of the field here, which is 0 in it.
    [
      'has a number that is not reduced',
      fromHex(
        '04ffffffff00000001000000000000000000000000ffffffffffffffffffffffff' +
          '66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4',
      ),
    ],
  ])('that %s is no key', (_, bytes) => {
    expect(bytes).toHaveLength(65)
    const key: PublicKey = { algorithm: 'ESP256', bytes }
    expect(isValidPublicKey(key)).toBe(false)
    expect(verify(key, data, new Uint8Array(64).fill(1))).toBe(false)
    expect(() => publicKeyFromSpki(spkiFromPublicKey(key))).toThrow(malformed)
  })
})

describe('keys of other kinds', () => {
  it('are no signers', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
    for (const key of [rsa, p384]) {
      expect(() => signerFromPkcs8(key.export({ format: 'der', type: 'pkcs8' }))).toThrow(malformed)
    }
  })
})

describe('verifyDer', () => {
  const { privateKey, publicKey: nodeKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = publicKeyFromSpki(nodeKey.export({ format: 'der', type: 'spki' }))

  it('verifies what node:crypto signs, however many bytes its numbers take', () => {
    for (let round = 0; round < 300; round++) {
      const message = utf8(String(round))
      expect(verifyDer(key, message, sign('sha256', message, privateKey))).toBe(true)
    }
  })

  it('refuses any other bit, and what is no signature of this kind', () => {
    const signature = new Uint8Array(sign('sha256', data, privateKey))
    for (const other of eachBit(signature)) expect(verifyDer(key, data, other)).toBe(false)
    const ed25519 = signerFromPkcs8(generatePrivateKey('Ed25519'))
    expect(verifyDer(ed25519.publicKey, data, ed25519.sign(data))).toBe(false)
    expect(verifyDer(ed25519.publicKey, data, signature)).toBe(false)
  })

  it('refuses numbers that are zero', () => {
    expect(verifyDer(key, data, fromHex('3006020100020100'))).toBe(false)
  })
})

describe('a signature of numbers that nobody makes', () => {
  const signer = signerFromPkcs8(generatePrivateKey('ESP256'))
  const [order, field] = [
    0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
  ]
  const number = (value: bigint): Uint8Array => fromHex(value.toString(16).padStart(64, '0'))
  const signature = signer.sign(data)
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)].map((half) => BigInt(`0x${toHex(half)}`))
  const odd = [0n, 1n, 127n, 128n, 255n, 256n, order - 1n, order, order + 1n, field, 2n ** 255n, 2n ** 256n - 1n]

  it('holds no more than one of none, and leaves nothing behind that the next one trips over', () => {
    if (r === undefined || s === undefined) throw new Error('two halves')
    const held: [bigint, bigint][] = []
    const all = [...odd, r, s, order - s]
    for (const first of all) {
      for (const second of all) {
        if (verify(signer.publicKey, data, concat(number(first), number(second)))) held.push([first, second])
        expect(verify(signer.publicKey, data, signature)).toBe(true)
      }
    }
    // Both forms of one: signatures are verified, never compared (rule 12).
    expect(held).toEqual([
      [r, s],
      [r, order - s],
    ])
  })

  it('of Ed25519 holds in its one form only (RFC 8032 §5.1.7)', () => {
    const edwards = signerFromPkcs8(generatePrivateKey('Ed25519'))
    const own = edwards.sign(data)
    const l = 2n ** 252n + 27742317777372353535851937790883648493n
    const last = BigInt(`0x${toHex(own.slice(32).reverse())}`)
    for (const other of [last + l, 0n, l, 2n ** 256n - 1n]) {
      expect(verify(edwards.publicKey, data, concat(own.subarray(0, 32), number(other).reverse()))).toBe(false)
    }
  })

  it('that begins with zeros holds as any other', () => {
    const begun = Array.from({ length: 1_500 }, (_, round) => utf8(String(round)))
      .map((message) => ({ message, made: signer.sign(message) }))
      .filter(({ made }) => made[0] === 0 || made[32] === 0)
    for (const { message, made } of begun) expect(verify(signer.publicKey, message, made)).toBe(true)
  })
})
