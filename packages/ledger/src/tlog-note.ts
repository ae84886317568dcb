import { concat, decodeBase64, decodeUtf8, encodeBase64, equal, toHex, utf8 } from '@volact/core/bytes'
import { type PublicKey, sha256, type Signer, verify } from '@volact/core/crypto'
import { productName } from '@volact/core/product-name'

/** What a signed note says of a log (C2SP tlog-checkpoint). */
export interface NoteHead {
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
}

/** The origin of a log, which is the name of its note key, too: a name that no two logs share. */
export function originOf(logId: Uint8Array): string {
  return `${productName}.invalid/${toHex(logId)}`
}

/** The note key's ID: the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key), where 0x01 says Ed25519 (C2SP signed-note). */
export function noteKeyId(name: string, key: PublicKey): Uint8Array {
  return sha256(utf8(name), Uint8Array.of(0x0a, ed25519), key.bytes).slice(0, keyIdLength)
}

/** The note key as tools of transparency logs take it: name, key ID and key, with plus signs between. */
export function verifierKey(name: string, key: PublicKey): string {
  return `${name}+${toHex(noteKeyId(name, key))}+${encodeBase64(concat(Uint8Array.of(ed25519), key.bytes))}`
}

/** Signs a note: origin, size and root a line each, an empty line, and the line of the signature. */
export function signNote({ origin, size, root }: NoteHead, signer: Signer): string {
  const text = `${origin}\n${size}\n${encodeBase64(root)}\n`
  const signature = concat(noteKeyId(origin, signer.publicKey), signer.sign(utf8(text)))
  return `${text}\n${dash} ${origin} ${encodeBase64(signature)}\n`
}

/** Opens a note that exactly this key has signed under exactly this origin; nothing for any other text. */
export function openNote(bytes: Uint8Array, origin: string, key: PublicKey): NoteHead | undefined {
  const note = splitNote(bytes)
  const head = note && headOf(note.text)
  if (note === undefined || head?.origin !== origin || note.name !== origin) return undefined
  if (!equal(note.signature.subarray(0, keyIdLength), noteKeyId(origin, key))) return undefined
  return verify(key, utf8(note.text), note.signature.subarray(keyIdLength)) ? head : undefined
}

/** Reads what a note says, without any look at its signature. */
export function unverifiedNote(bytes: Uint8Array): NoteHead | undefined {
  const note = splitNote(bytes)
  return note && headOf(note.text)
}

/** A note of ours has one signature. */
function splitNote(bytes: Uint8Array): { text: string; name: string; signature: Uint8Array } | undefined {
  const [, text = '', name = '', digits = ''] =
    /^([^]*\n)\n— ([^ \n+]+) ([^ \n]+)\n$/.exec(decodeUtf8(bytes) ?? '') ?? []
  const signature = base64(digits)
  return signature === undefined ? undefined : { text, name, signature }
}

/** Origin, size and root: a note of ours has no more lines. */
function headOf(text: string): NoteHead | undefined {
  const [, origin = '', size = '', digits = ''] = /^([^\n]+)\n([1-9]\d{0,15})\n([^\n]+)\n$/.exec(text) ?? []
  const root = base64(digits)
  return root?.length === 32 ? { origin, size: Number(size), root } : undefined
}

const ed25519 = 0x01
const keyIdLength = 4
const dash = '—'

function base64(text: string): Uint8Array | undefined {
  try {
    return decodeBase64(text)
  } catch {
    return undefined
  }
}
