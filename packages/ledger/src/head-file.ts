import { closeSync, constants, fstatSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs'
import { equal } from '@volact/core/bytes'
import type { PublicKey } from '@volact/core/crypto'
import { openCheckpoint } from '@volact/core/document/checkpoint'
import type { TreeHead } from '@volact/core/document/tree-head'
import { ActivationError } from '@volact/core/errors/activation-error'
import { fileError } from '@volact/files/file-error'
import { readLimited } from '@volact/files/read-limited'
import { headLimit } from './ledger-files.ts'

/** Reads the newest signed checkpoint of a ledger's folder; nothing where there is none, or what is there is longer than any. */
export function readHead(path: string): Uint8Array | undefined {
  const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: Infinity }
  return size > headLimit ? undefined : readLimited(path, headLimit, 'the head')
}

/** Reads the checkpoint beside a host that may just be writing it: until it has been the same twice. */
export function readSettledHead(path: string): Uint8Array | undefined {
  for (let before = readHead(path); ;) {
    const now = readHead(path)
    if (before === undefined || now === undefined || equal(before, now)) return now
    before = now
  }
}

/**
 * Keeps the newest checkpoint, in place and without a sync: it ends with its own signature, so that one which a crash has
 * lost or spoiled does no harm. A rename instead makes ext4 write at once, and cost 2 ms a batch where this costs 5 µs.
 */
export class HeadFile {
  readonly #path: string
  #descriptor: number | undefined
  #length = 0

  constructor(path: string) {
    this.#path = path
  }

  write(checkpoint: Uint8Array): void {
    try {
      this.#descriptor ??= this.#open()
      // The heads of a log grow with their numbers; a shorter one follows only on what was no head of this log.
      if (checkpoint.length < this.#length) ftruncateSync(this.#descriptor, 0)
      this.#length = writeSync(this.#descriptor, checkpoint, 0, checkpoint.length, 0)
    } catch (error) {
      throw fileError(error, 'write', this.#path)
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #open(): number {
    const descriptor = openSync(this.#path, constants.O_RDWR | constants.O_CREAT, 0o600)
    this.#length = fstatSync(descriptor).size
    return descriptor
  }
}

/** Opens a checkpoint with the first of several keys that fits; nothing when none does. */
export function openHead(checkpoint: Uint8Array, keys: readonly PublicKey[]): TreeHead | undefined {
  for (const key of keys) {
    try {
      return openCheckpoint(checkpoint, key)
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
    }
  }
  return undefined
}
