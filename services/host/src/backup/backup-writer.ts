import { createHash, randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, ftruncateSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { syncFolder } from '@volact/files/durable'
import { fileError, systemCode } from '@volact/files/file-error'
import { processName } from '@volact/files/running-process'
import { type BackupHeader, type BackupPart, encodeHeader, encodePart, magic } from './backup-format.ts'
import { type Seal, sealer } from './seal.ts'

/** Writes a backup into a file beside the one that is wanted, for its owner alone; only a whole one gets the name. */
export class BackupWriter {
  readonly #path: string
  readonly #fresh: string
  readonly #descriptor: number
  #digest = createHash('sha256')
  #seal: Seal = (part) => part
  #offset = 0

  /** `FILE_EXISTS` when something is there already. */
  constructor(path: string) {
    this.#path = path
    this.#fresh = join(dirname(path), `.${basename(path)}.${processName()}.${randomBytes(6).toString('hex')}.tmp`)
    try {
      this.#descriptor = openSync(this.#fresh, 'wx', 0o600)
    } catch (error) {
      throw fileError(error, 'write', path)
    }
  }

  /** Begins with the header, or again: what was written before is thrown away. */
  begin(header: BackupHeader, passphrase: string | undefined): void {
    ftruncateSync(this.#descriptor, 0)
    this.#offset = 0
    this.#digest = createHash('sha256')
    const bytes = encodeHeader(header)
    this.#write(magic)
    this.#frame(bytes)
    const { sealed } = header
    this.#seal = sealed === undefined || passphrase === undefined ? (part) => part : sealer(passphrase, sealed, bytes)
  }

  add(part: BackupPart): void {
    this.#frame(this.#seal(encodePart(part)))
  }

  /** Ends with the digest, makes all of it durable, and gives it its name. */
  finish(): void {
    this.#put(this.#digest.digest())
    try {
      fsyncSync(this.#descriptor)
      giveName(this.#fresh, this.#path)
      syncFolder(dirname(this.#path))
    } catch (error) {
      throw systemCode(error) === 'EEXIST' ? exists(this.#path) : fileError(error, 'write', this.#path)
    }
  }

  /** Closes the file; one that was not finished is gone. */
  close(): void {
    closeSync(this.#descriptor)
    rmSync(this.#fresh, { force: true })
  }

  #frame(bytes: Uint8Array): void {
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, bytes.length)
    this.#write(length)
    this.#write(bytes)
  }

  #write(bytes: Uint8Array): void {
    this.#digest.update(bytes)
    this.#put(bytes)
  }

  #put(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, this.#offset + done)
      }
    } catch (error) {
      throw fileError(error, 'write', this.#path)
    }
    this.#offset += bytes.length
  }
}

/** A medium to carry away, such as one with FAT, may know no links: there the name is taken by an empty file first. */
function giveName(fresh: string, path: string): void {
  try {
    linkSync(fresh, path)
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(systemCode(error) ?? '')) throw error
    closeSync(openSync(path, 'wx', 0o600))
    renameSync(fresh, path)
  }
}

/** Says that a backup never replaces what is there: the older one may be the last good one. */
export function exists(path: string): ActivationError {
  const message = `${path} exists already, and no backup replaces it: name another file`
  return new ActivationError('FILE_EXISTS', message, { data: { path } })
}
