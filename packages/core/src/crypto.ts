import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  sign as nodeSign,
  verify as nodeVerify,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { concat, equal, fromHex } from './bytes.ts'
import { derFromRawSignature, rawFromDerSignature, requireRawSignature } from './der/ecdsa-signature.ts'
import { ActivationError } from './errors/activation-error.ts'

/** The two signature algorithms of rule 12, by their names in the COSE registry. */
export type SignatureAlgorithm = 'ESP256' | 'Ed25519'

/** A public key. `bytes` are an uncompressed P-256 point (65 bytes, 04‖x‖y) or an Ed25519 key (32), never changed. */
export interface PublicKey {
  readonly algorithm: SignatureAlgorithm
  readonly bytes: Uint8Array
}

/** Something that holds a private key and signs with it. Signatures are 64 raw bytes: r‖s, or those of RFC 8032. */
export interface Signer {
  readonly publicKey: PublicKey
  sign(data: Uint8Array): Uint8Array
}

/** The length of every raw signature, in bytes. */
export const signatureLength = 64

/** SHA-256 over the parts joined together: 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts
  return new Uint8Array(hash('sha256', first !== undefined && parts.length === 1 ? first : concat(...parts), 'buffer'))
}

/** Writes SHA-256 of the data into the 32 bytes at an offset: what the tree does for each entry, so nothing is allocated for it. */
export function sha256Into(target: Uint8Array, offset: number, data: Uint8Array): void {
  // A string costs half of what a new buffer does.
  const digest = hash('sha256', data, 'binary')
  for (let at = 0; at < digest.length; at += 1) target[offset + at] = digest.charCodeAt(at)
}

/** HMAC-SHA-256 (RFC 2104) over the data: 32 bytes. */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac('sha256', key).update(data).digest())
}

/** Whether a raw signature over the data holds; false for a key or a signature that is malformed, too. */
export function verify(key: PublicKey, data: Uint8Array, signature: Uint8Array): boolean {
  const imported = importPublicKey(key)
  if (imported === undefined || signature.length !== signatureLength) return false
  // Given a key with options, Node throws and catches two errors inside, which costs as much as half a verification.
  const given = key.algorithm === 'ESP256' ? derFromRawSignature(signature) : signature
  return nodeVerify(digestOf(key), data, imported, given)
}

/** Whether an ECDSA signature as certificates have it, strict DER (RFC 3279 §2.2.3), holds over the data. */
export function verifyDer(key: PublicKey, data: Uint8Array, derSignature: Uint8Array): boolean {
  const signature = rawFromDerSignature(derSignature)
  return key.algorithm === 'ESP256' && signature !== undefined && verify(key, data, signature)
}

/** Whether the bytes are a key of the algorithm; for P-256 that the point is on the curve. */
export function isValidPublicKey(key: PublicKey): boolean {
  return importPublicKey(key) !== undefined
}

/** Makes a private key from the operating system's randomness, as PKCS#8 DER (RFC 5958). A secret. */
export function generatePrivateKey(algorithm: SignatureAlgorithm): Uint8Array {
  const { privateKey } =
    algorithm === 'ESP256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
  return new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }))
}

/** Makes a signer of a private key in PKCS#8 DER; `MALFORMED` when it is none, or of another algorithm. */
export function signerFromPkcs8(der: Uint8Array): Signer {
  const privateKey = importPrivateKey(der)
  const publicKey = publicKeyFromSpki(
    new Uint8Array(createPublicKey(privateKey).export({ format: 'der', type: 'spki' })),
  )
  return {
    publicKey,
    sign: (data) => {
      // The key alone, for the same reason as in `verify`.
      const signature = new Uint8Array(nodeSign(digestOf(publicKey), data, privateKey))
      return publicKey.algorithm === 'ESP256' ? requireRawSignature(signature) : signature
    },
  }
}

/** Reads a SubjectPublicKeyInfo (RFC 5480, RFC 8410) of a P-256 or Ed25519 key; anything else is `MALFORMED`. */
export function publicKeyFromSpki(der: Uint8Array): PublicKey {
  for (const [algorithm, { prefix, length }] of Object.entries(spki) as [SignatureAlgorithm, SpkiForm][]) {
    if (der.length !== prefix.length + length || !equal(der.subarray(0, prefix.length), prefix)) continue
    const key = { algorithm, bytes: new Uint8Array(der.subarray(prefix.length)) }
    if (isValidPublicKey(key)) return key
  }
  throw new ActivationError('MALFORMED', 'the public key is neither a point of P-256, uncompressed, nor an Ed25519 key')
}

/** Writes a public key as SubjectPublicKeyInfo. */
export function spkiFromPublicKey(key: PublicKey): Uint8Array {
  return concat(spki[key.algorithm].prefix, key.bytes)
}

interface SpkiForm {
  readonly prefix: Uint8Array
  readonly length: number
}

// Each kind of key has exactly one SubjectPublicKeyInfo, and all of it but the key itself is constant.
const spki: Readonly<Record<SignatureAlgorithm, SpkiForm>> = {
  ESP256: { prefix: fromHex('3059301306072a8648ce3d020106082a8648ce3d030107034200'), length: 65 },
  Ed25519: { prefix: fromHex('302a300506032b6570032100'), length: 32 },
}

// A key that stays in use, of a device or a certificate, is imported once; the entry goes when the key goes.
const importedKeys = new WeakMap<PublicKey, KeyObject>()

function importPublicKey(key: PublicKey): KeyObject | undefined {
  const known = importedKeys.get(key)
  if (known !== undefined) return known
  const imported = importPem(key)
  if (imported !== undefined) importedKeys.set(key, imported)
  return imported
}

// As a text: that takes 26 µs, and a key in DER or as JWK 65 to 77 with Node 24, which throws and catches errors on their way.
function importPem(key: PublicKey): KeyObject | undefined {
  const { algorithm, bytes } = key
  if (bytes.length !== spki[algorithm].length || (algorithm === 'ESP256' && bytes[0] !== 4)) return undefined
  // eslint-disable-next-line no-restricted-globals -- that of bytes.ts takes ten times as long, and this is done for each key
  const base64 = Buffer.from(spkiFromPublicKey(key)).toString('base64')
  try {
    return createPublicKey(`-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----\n`)
  } catch {
    return undefined
  }
}

function importPrivateKey(der: Uint8Array): KeyObject {
  try {
    return createPrivateKey({ key: der as Buffer, format: 'der', type: 'pkcs8' })
  } catch (cause) {
    throw new ActivationError('MALFORMED', 'this is no private key in PKCS#8 DER', { cause })
  }
}

/** Ed25519 hashes by itself. */
function digestOf({ algorithm }: PublicKey): 'sha256' | null {
  return algorithm === 'ESP256' ? 'sha256' : null
}
