import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, statSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { syncFolder } from '@volact/files/durable'
import { fileError } from '@volact/files/file-error'
import type { BackupPart } from './backup-format.ts'
import { type BackupReader, damaged } from './backup-reader.ts'

/** Writes all files of a backup into a new folder, durably and for its owner alone. */
export function unpack(
  reader: BackupReader,
  { from, to, passphrase }: { readonly from: string; readonly to: string; readonly passphrase: string | undefined },
  onProgress?: (done: number, total: number) => void,
): void {
  const files = new FileWriter(to)
  try {
    for (const part of reader.parts(passphrase)) {
      files.take(part)
      onProgress?.(...reader.progress)
    }
  } catch (error) {
    if (error instanceof ActivationError && error.code === 'MALFORMED') throw damaged(from, error.message)
    throw fileError(error, 'write', to)
  } finally {
    files.close()
  }
  syncAll(to)
}

/** Puts pieces into the file that was named last. */
class FileWriter {
  readonly #to: string
  #descriptor: number | undefined
  #missing = 0
  #files = 0

  constructor(to: string) {
    this.#to = to
  }

  take(part: BackupPart): void {
    switch (part.kind) {
      case 'file':
        this.#begin(part.path, part.mode, part.size)
        return
      case 'piece':
        this.#write(part.bytes)
        return
      case 'end':
        this.#end()
        if (part.files !== this.#files) throw malformed(`it ends after ${this.#files} of ${part.files} files`)
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #begin(path: string, mode: number, size: number): void {
    this.#end()
    const full = join(this.#to, path)
    mkdirSync(dirname(full), { recursive: true, mode: 0o700 })
    // Never more rights than the owner's own for what was secret, whatever the backup says.
    this.#descriptor = openSync(full, 'wx', mode & 0o644)
    this.#missing = size
    this.#files += 1
  }

  #write(bytes: Uint8Array): void {
    if (this.#descriptor === undefined || bytes.length > this.#missing) throw malformed('a piece belongs to no file')
    for (let done = 0; done < bytes.length;) done += writeSync(this.#descriptor, bytes, done)
    this.#missing -= bytes.length
  }

  #end(): void {
    if (this.#missing > 0) throw malformed('a file in it is not whole')
    if (this.#descriptor !== undefined) fsyncSync(this.#descriptor)
    this.close()
  }
}

function syncAll(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) syncAll(path)
  }
  syncFolder(folder)
}

function malformed(problem: string): ActivationError {
  return new ActivationError('MALFORMED', problem)
}
