import { decodeBase64, encodeBase64Url, utf8 } from '../bytes.ts'
import { hmacSha256 } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'

/** What the machines of an ephemeral pool are given (rule 38): the pool's name at its host, and a secret of 32 bytes. */
export interface PoolToken {
  readonly id: string
  readonly secret: Uint8Array
}

/** What travels beside a request of an ephemeral machine: it authorises the fresh device key, and derives none. */
export interface PoolProof {
  readonly id: string
  /** 32 bytes. */
  readonly proof: Uint8Array
}

/** The longest name of a pool, in characters, and the lengths of secret, proof and handle, in bytes. */
export const poolLimits = { id: 63, secret: 32, proof: 32, handle: 16 } as const

/** Whether a text is the name of a pool: lower-case letters, digits and hyphens, as in a DNS label. */
export function isPoolId(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)
}

/** Writes a token as people hand it on: `volact-pool:NAME:` and 43 characters. */
export function formatPoolToken({ id, secret }: PoolToken): string {
  return `${prefix}:${id}:${encodeBase64Url(secret)}`
}

/** Reads a token as people type or paste it; else `POOL_TOKEN_INVALID`, which does not quote it, because it is a secret. */
export function parsePoolToken(text: string): PoolToken {
  const [, id = '', digits = ''] = /^volact-pool:([^:]*):([A-Za-z0-9_-]{43})$/.exec(text.trim()) ?? []
  const secret = isPoolId(id) ? readSecret(digits) : undefined
  if (secret !== undefined) return { id, secret }
  const message = `this is no token of a pool: it reads "${prefix}:NAME:" and 43 characters, as "volact host pool add" printed it`
  throw new ActivationError('POOL_TOKEN_INVALID', message)
}

/** Proves to a host that the sender of exactly this request has the token. `requestDigest` is the `req` of the request. */
export function makePoolProof({ id, secret }: PoolToken, requestDigest: Uint8Array): PoolProof {
  return { id, proof: hmacSha256(secret, requestDigest) }
}

/** Whether a proof was made with the secret for the request. Takes the same time for every wrong proof of one length. */
export function isPoolProof(secret: Uint8Array, { proof }: PoolProof, requestDigest: Uint8Array): boolean {
  const expected = hmacSha256(secret, requestDigest)
  const difference = expected.reduce((bits, byte, index) => bits | (byte ^ Number(proof[index])), 0)
  return proof.length === expected.length && difference === 0
}

/** The name of a pool in the ledger, 16 bytes: what people have called it does not get there (rule 31). */
export function poolHandle(secret: Uint8Array): Uint8Array {
  return hmacSha256(secret, utf8(prefix)).slice(0, poolLimits.handle)
}

const prefix = 'volact-pool'

function readSecret(digits: string): Uint8Array | undefined {
  try {
    return decodeBase64(`${digits.replaceAll('-', '+').replaceAll('_', '/')}=`)
  } catch {
    return undefined // Unused bits that are not zero.
  }
}
