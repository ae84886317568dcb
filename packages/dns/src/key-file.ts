import { decodeBase64, decodeUtf8 } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { attemptOrNothing } from '@volact/core/errors/attempt'
import { readLimited, requirePrivate } from '@volact/files/read-limited'
import { encodeName } from './name.ts'
import { tsigAlgorithms, type TsigKey } from './tsig.ts'

/**
 * Reads the file of a key as `tsig-keygen` writes it and `named.conf` includes it. `FILE_NOT_PRIVATE` when other accounts may read
 * it, `MALFORMED` when it holds anything but one key with an algorithm that is spoken here; also what `readLimited` throws.
 */
export function readKeyFile(path: string): TsigKey {
  const bytes = readLimited(path, mostBytes, 'the key file')
  requirePrivate(path)
  const key = parseKey(decodeUtf8(bytes) ?? '')
  if (typeof key !== 'string') return key
  // What the file holds is a secret, so nothing of it is quoted.
  throw new ActivationError('MALFORMED', `the key file ${path} ${key}; make one with "tsig-keygen -a hmac-sha256 NAME"`)
}

const mostBytes = 4_096

/** What named.conf(5) takes for comments; within quotes there are none, and base64 may have two slashes in a row. */
const comments = /"[^"\n]*"|\/\*[^]*?\*\/|(?:\/\/|#).*$/gm

/** A secret that is shorter than this can be guessed. */
const leastSecret = 16

function parseKey(text: string): TsigKey | string {
  const plain = text.replace(comments, (found) => (found.startsWith('"') ? found : ' '))
  const [, name = '', statements] = /^\s*key\s+"?([A-Za-z0-9_.-]{1,253})"?\s*\{([^{}]*)\}\s*;\s*$/.exec(plain) ?? []
  if (statements === undefined) return 'does not hold exactly one key'
  const [, algorithm = ''] = /\balgorithm\s+"?([A-Za-z0-9-]+)\.?"?\s*;/.exec(statements) ?? []
  const [, secret = ''] = /\bsecret\s+"?([A-Za-z0-9+/=]+)"?\s*;/.exec(statements) ?? []
  const spoken = algorithm.toLowerCase()
  if (!isSpoken(spoken)) return `has an algorithm that is not one of ${Object.keys(tsigAlgorithms).join(', ')}`
  const bytes = secretBytes(secret)
  if (bytes === undefined || bytes.length < leastSecret) return `has no secret of at least ${String(leastSecret)} bytes`
  const canonical = name.replace(/\.$/, '').toLowerCase()
  return isName(canonical) ? { name: canonical, algorithm: spoken, secret: bytes } : 'has a key without a valid name'
}

function isSpoken(name: string): name is TsigKey['algorithm'] {
  return Object.hasOwn(tsigAlgorithms, name)
}

function secretBytes(text: string): Uint8Array | undefined {
  return attemptOrNothing(() => decodeBase64(text))
}

function isName(name: string): boolean {
  return attemptOrNothing(() => encodeName(name)) !== undefined
}
