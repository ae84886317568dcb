import { encodeCbor } from '@volact/core/cbor/encode'
import { decodeCbor } from '@volact/core/cbor/decode'
import { expectArray, expectBytes, expectText, expectUint } from '@volact/core/cbor/expect'
import { Fields } from '@volact/core/cbor/fields'
import { utf8 } from '@volact/core/bytes'
import { present, presentFields } from '@volact/core/document/present'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import type { KeyDerivation } from './seal.ts'

/**
 * A backup is a stream: the magic, then frames of a 4-byte big-endian length and as many bytes, then the SHA-256 of all that. The first
 * frame is the header, in clear. Each of the others is a part, sealed where a passphrase was given; the last one is the end.
 */
export const magic: Uint8Array = utf8('volact-backup\n')

/** The version of this format. */
const format = 1

/** The most bytes of a frame: a piece of a file, its kind and its seal. */
export const frameLimit: number = 1_048_576 + 64

/** The bytes of a file that go into one part. */
export const pieceLength = 262_144

/** Length of the digest at the end. */
export const digestLength = 32

/** What can be read of a backup without its passphrase. */
export interface BackupHeader {
  /** The role of the folder. */
  readonly role: string
  /** The format of the folder, which its label names. */
  readonly folderFormat: number
  readonly created: Instant
  /** How the key is made of the passphrase; nothing where it is in clear. */
  readonly sealed?: KeyDerivation
}

/** A part of a backup. */
export type BackupPart =
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly size: number }
  | { readonly kind: 'piece'; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly files: number }

/** Writes the header. */
export function encodeHeader({ role, folderFormat, created, sealed }: BackupHeader): Uint8Array {
  const derivation = sealed && [sealed.salt, sealed.cost, sealed.blockSize, sealed.parallelization]
  return encodeCbor(
    presentFields([
      [0, format],
      [1, role],
      [2, folderFormat],
      [3, created],
      [4, derivation],
    ]),
  )
}

/** Reads the header. `UNSUPPORTED_VERSION` for a backup of a newer version. */
export function parseHeader(bytes: Uint8Array): BackupHeader {
  const fields = new Fields(decodeCbor(bytes), what)
  const version = fields.uint(0)
  if (version !== format) {
    const message = `the backup has format ${version}, and this version reads ${format}: use the version that wrote it`
    throw new ActivationError('UNSUPPORTED_VERSION', message)
  }
  const header = present({
    role: fields.text(1, 32),
    folderFormat: fields.uint(2),
    created: fields.uint(3),
    sealed: fields.optional(4, (key) => parseDerivation(fields, key)),
  })
  fields.end()
  return header
}

/** Writes a part; what it is stands in its first byte. */
export function encodePart(part: BackupPart): Uint8Array {
  switch (part.kind) {
    case 'file':
      return tagged(1, encodeCbor([part.path, part.mode, part.size]))
    case 'piece':
      return tagged(2, part.bytes)
    case 'end':
      return tagged(3, encodeCbor([part.files]))
  }
}

/** Reads a part. */
export function parsePart(bytes: Uint8Array): BackupPart {
  const body = bytes.subarray(1)
  if (bytes[0] === 2) return { kind: 'piece', bytes: body }
  const [first = null, mode = null, size = null] = expectArray(decodeCbor(body), what)
  if (bytes[0] === 3) return { kind: 'end', files: expectUint(first, what) }
  if (bytes[0] !== 1) throw new ActivationError('MALFORMED', `${what}: a part of an unknown kind`)
  return {
    kind: 'file',
    path: safePath(expectText(first, what, 4_096)),
    mode: expectUint(mode, what),
    size: expectUint(size, what),
  }
}

const what = 'backup'

/** Nobody who makes a backup by hand gets a file of theirs out of the folder that it is restored into. */
function safePath(path: string): string {
  const parts = path.split('/')
  const isSafe = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\p{Cc}]/u.test(part))
  if (isSafe) return path
  throw new ActivationError('MALFORMED', `${what}: it names a file outside of its folder`)
}

function parseDerivation(fields: Fields, key: number | string): KeyDerivation {
  const [salt = null, cost = null, blockSize = null, parallelization = null] = fields.array(key, 4)
  return {
    salt: expectBytes(salt, what, 16),
    cost: expectUint(cost, what),
    blockSize: expectUint(blockSize, what),
    parallelization: expectUint(parallelization, what),
  }
}

function tagged(kind: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(body.length + 1)
  bytes[0] = kind
  bytes.set(body, 1)
  return bytes
}
