import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { equal } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { fileError } from '@volact/files/file-error'
import {
  type BackupHeader,
  type BackupPart,
  digestLength,
  frameLimit,
  magic,
  parseHeader,
  parsePart,
} from './backup-format.ts'
import { opener, type Seal } from './seal.ts'

const step = 1_048_576

/** A backup whose digest has been found right, so that nothing of it is used that is not whole. */
export class BackupReader {
  readonly header: BackupHeader
  readonly #path: string
  readonly #descriptor: number
  readonly #headerBytes: Uint8Array
  readonly #end: number
  #offset: number

  private constructor(path: string, descriptor: number, size: number) {
    this.#path = path
    this.#descriptor = descriptor
    this.#end = size - digestLength
    this.#offset = magic.length
    this.#headerBytes = this.#frame()
    this.header = parseHeader(this.#headerBytes)
  }

  /** Reads all of the file once. `BACKUP_DAMAGED` when it is not whole, `UNSUPPORTED_VERSION` for one of a newer version. */
  static open(path: string, onProgress?: (done: number, total: number) => void): BackupReader {
    try {
      const descriptor = openSync(path, 'r')
      try {
        const { size } = fstatSync(descriptor)
        requireMagic(path, descriptor, size)
        // A newer format may end in another way: so it is asked for its number first.
        const reader = new BackupReader(path, descriptor, size)
        requireDigest(path, descriptor, size, onProgress)
        return reader
      } catch (error) {
        closeSync(descriptor)
        throw error
      }
    } catch (error) {
      throw fileError(error, 'read', path)
    }
  }

  /** Gives all parts, in order. `USAGE` where a passphrase is missing, `PASSPHRASE_WRONG`. */
  *parts(passphrase: string | undefined): Generator<BackupPart> {
    const open = this.#opener(passphrase)
    for (;;) {
      const part = parsePart(open(this.#frame()))
      yield part
      if (part.kind === 'end') break
    }
    if (this.#offset !== this.#end) throw damaged(this.#path, 'something stands behind its end')
  }

  /** How much was read, of how much, in bytes. */
  get progress(): readonly [number, number] {
    return [this.#offset, this.#end]
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #opener(passphrase: string | undefined): Seal {
    const { sealed } = this.header
    if (sealed === undefined && passphrase === undefined) return (part) => part
    if (sealed === undefined) {
      // Whoever can write where backups lie could put a folder of his own there.
      const message = `${this.#path} is not sealed, so anybody may have made it: if it is yours, leave the passphrase away`
      throw new ActivationError('USAGE', message)
    }
    if (passphrase !== undefined) return opener(passphrase, sealed, this.#headerBytes)
    throw new ActivationError('USAGE', `${this.#path} is sealed with a passphrase: give it with --passphrase-file`)
  }

  #frame(): Uint8Array {
    const length = new DataView(this.#read(4).buffer).getUint32(0)
    if (length > frameLimit) throw damaged(this.#path, 'a part of it is longer than any is')
    return this.#read(length)
  }

  #read(length: number): Uint8Array {
    if (this.#offset + length > this.#end) throw damaged(this.#path, 'it is cut off')
    const bytes = readExactly(this.#path, this.#descriptor, this.#offset, length)
    this.#offset += length
    return bytes
  }
}

function requireMagic(path: string, descriptor: number, size: number): void {
  const isBackup = size >= magic.length + digestLength && equal(readExactly(path, descriptor, 0, magic.length), magic)
  if (!isBackup) throw damaged(path, 'it does not begin like one')
}

function requireDigest(
  path: string,
  descriptor: number,
  size: number,
  onProgress?: (done: number, total: number) => void,
): void {
  const digest = createHash('sha256')
  const end = size - digestLength
  for (let done = 0; done < end;) {
    const piece = readExactly(path, descriptor, done, Math.min(step, end - done))
    digest.update(piece)
    done += piece.length
    onProgress?.(done, end)
  }
  if (equal(digest.digest(), readExactly(path, descriptor, end, digestLength))) return
  throw damaged(path, 'it is cut off, or was altered: the SHA-256 at its end does not fit')
}

function readExactly(path: string, descriptor: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let done = 0; done < length;) {
    const count = readSync(descriptor, bytes, done, length - done, offset + done)
    if (count === 0) throw damaged(path, 'it is cut off')
    done += count
  }
  return bytes
}

/** Says what is wrong with a file that was to be a backup. */
export function damaged(path: string, problem: string): ActivationError {
  return new ActivationError('BACKUP_DAMAGED', `${path} is no whole backup: ${problem}`, { data: { path } })
}
