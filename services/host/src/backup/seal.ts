import { createCipheriv, createDecipheriv, createHash, randomBytes, scryptSync } from 'node:crypto'
import { concat } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'

/** How a key is made of a passphrase: scrypt (RFC 7914). */
export interface KeyDerivation {
  /** 16 bytes. */
  readonly salt: Uint8Array
  readonly cost: number
  readonly blockSize: number
  readonly parallelization: number
}

/** Seals the parts of a stream, or opens them, in their order. */
export type Seal = (part: Uint8Array) => Uint8Array

/** 128 MiB and about half a second: a thief guesses slowly. */
const usual = { cost: 131_072, blockSize: 8, parallelization: 1 } as const

const memoryLimit = 268_435_456
const tagLength = 16

/** The least length of a passphrase, in characters: the file may lie around for years, and is a host to who opens it. */
const leastPassphrase = 12

/** Refuses to seal with a passphrase that can be guessed. `USAGE`. */
export function requirePassphrase(passphrase: string): void {
  if (passphrase.length >= leastPassphrase) return
  throw new ActivationError('USAGE', `the passphrase has to have at least ${leastPassphrase} characters`)
}

/** Chooses how the key of a new stream is made. */
export function newDerivation(): KeyDerivation {
  return { salt: new Uint8Array(randomBytes(16)), ...usual }
}

/**
 * Makes what seals parts one after the other with AES-256-GCM: the number of a part is its nonce, so that none can be left out, doubled or
 * moved, and `about` is what every part belongs to. The key is used for this one stream.
 */
export function sealer(passphrase: string, derivation: KeyDerivation, about: Uint8Array): Seal {
  const key = deriveKey(passphrase, derivation)
  const context = createHash('sha256').update(about).digest()
  let number = 0
  return (part) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number)).setAAD(context)
    number += 1
    return concat(cipher.update(part), cipher.final(), cipher.getAuthTag())
  }
}

/** Makes what opens the parts again. `PASSPHRASE_WRONG` for the first one, `BACKUP_DAMAGED` for another. */
export function opener(passphrase: string, derivation: KeyDerivation, about: Uint8Array): Seal {
  const key = deriveKey(passphrase, derivation)
  const context = createHash('sha256').update(about).digest()
  let number = 0
  return (sealed) => {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number), { authTagLength: tagLength })
    decipher.setAAD(context).setAuthTag(sealed.subarray(Math.max(0, sealed.length - tagLength)))
    try {
      const part = concat(decipher.update(sealed.subarray(0, Math.max(0, sealed.length - tagLength))), decipher.final())
      number += 1
      return part
    } catch (cause) {
      if (number === 0)
        throw new ActivationError('PASSPHRASE_WRONG', 'the passphrase does not open the file', { cause })
      throw new ActivationError('BACKUP_DAMAGED', 'a part of the file does not open with its key', { cause })
    }
  }
}

function deriveKey(passphrase: string, { salt, cost, blockSize, parallelization }: KeyDerivation): Uint8Array {
  // A file may ask for as much memory as it likes, or for a key that is quickly guessed: what no version of this program writes is refused.
  if (cost !== usual.cost || blockSize !== usual.blockSize || parallelization !== usual.parallelization) {
    throw new ActivationError('BACKUP_DAMAGED', 'the file asks for a key that this program never makes')
  }
  const normal = passphrase.normalize('NFC')
  return scryptSync(normal, salt, 32, { cost, blockSize, parallelization, maxmem: memoryLimit })
}

function nonceOf(number: number): Uint8Array {
  const nonce = new Uint8Array(12)
  new DataView(nonce.buffer).setBigUint64(4, BigInt(number))
  return nonce
}
