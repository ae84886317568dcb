import { concat, equal, utf8 } from '../bytes.ts'
import { sha256, type Signer, signerFromPkcs8 } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'

/** Base 32 without look-alikes, as Crockford chose it: I and L are read as 1, O as 0. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

const seedLength = 32
const checkLength = 3
const groupLength = 7

/** What stands before the 32 bytes of an Ed25519 seed in PKCS#8 (RFC 8410 §7). */
const pkcs8Prefix = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20)

/**
 * Writes a private recovery key (PKCS#8 of Ed25519) for paper: 56 characters in eight groups, the last characters of which are a
 * checksum, so that a slip is found before somebody relies on it.
 */
export function formatRecoveryKey(pkcs8: Uint8Array): string {
  const seed = pkcs8.subarray(pkcs8.length - seedLength)
  const text = toBase32(concat(seed, checksum(seed)))
  return Array.from({ length: text.length / groupLength }, (_, group) =>
    text.slice(group * groupLength, (group + 1) * groupLength),
  ).join('-')
}

/**
 * Reads a recovery key as it was typed or as its file has it: lines that begin with # are left out, case and white space do not matter.
 * `MALFORMED` for what is no such key; never says what was typed.
 */
export function parseRecoveryKey(text: string): Signer {
  const characters = text
    .replaceAll(/^#.*$/gm, '')
    .replaceAll(/[\s-]/g, '')
    .toUpperCase()
    .replaceAll(/[IL]/g, '1')
    .replaceAll('O', '0')
  const bytes = fromBase32(characters)
  const [seed, check] = [bytes.subarray(0, seedLength), bytes.subarray(seedLength)]
  if (bytes.length !== seedLength + checkLength || !equal(check, checksum(seed))) {
    throw malformed('a character is wrong, or some are missing: compare all eight groups')
  }
  return signerFromPkcs8(concat(pkcs8Prefix, seed))
}

function checksum(seed: Uint8Array): Uint8Array {
  return sha256(utf8('volact recovery key'), seed).subarray(0, checkLength)
}

function toBase32(bytes: Uint8Array): string {
  let [text, bits, count] = ['', 0, 0]
  for (const byte of bytes) {
    bits = (bits << 8) | byte
    for (count += 8; count >= 5; count -= 5) text += alphabet.charAt((bits >> (count - 5)) & 31)
    bits &= (1 << count) - 1
  }
  return text
}

function fromBase32(text: string): Uint8Array {
  const bytes: number[] = []
  let [bits, count] = [0, 0]
  for (const character of text) {
    const value = alphabet.indexOf(character)
    if (value < 0) throw malformed('it holds a character that no such key has')
    bits = (bits << 5) | value
    count += 5
    if (count < 8) continue
    count -= 8
    bytes.push(bits >> count)
    bits &= (1 << count) - 1
  }
  return Uint8Array.from(bytes)
}

function malformed(problem: string): ActivationError {
  return new ActivationError('MALFORMED', `this is no recovery key: ${problem}`)
}
