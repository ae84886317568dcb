import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

/** Keeps the files of a ledger open that were used last, so that years of segments do not use up the system's descriptors. */
export class OpenFiles {
  // A Map remembers the order in which keys were added: the first is the one that was not used for longest.
  readonly #open = new Map<string, number>()
  readonly #flags: string | number
  readonly #most: number
  #newest: string | undefined
  #newestDescriptor = -1

  constructor(flags: string | number, most = 32) {
    this.#flags = flags
    this.#most = most
  }

  /** Gives the descriptor of a file, to be used before the next call; what the system says when it cannot be opened. */
  get(path: string): number {
    if (path === this.#newest) return this.#newestDescriptor
    const descriptor = this.#find(path)
    this.#newest = path
    this.#newestDescriptor = descriptor
    return descriptor
  }

  /** The same to write into a cache, whose folder may have been removed: it is made again. */
  getInFolder(path: string): number {
    try {
      return this.get(path)
    } catch {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      return this.get(path)
    }
  }

  #find(path: string): number {
    const known = this.#open.get(path)
    if (known !== undefined) {
      this.#open.delete(path)
      this.#open.set(path, known)
      return known
    }
    const descriptor = openSync(path, this.#flags, 0o600)
    this.#open.set(path, descriptor)
    const [oldest] = this.#open.keys()
    if (this.#open.size > this.#most && oldest !== undefined) this.drop(oldest)
    return descriptor
  }

  /** Closes a file, before it is removed or cut. */
  drop(path: string): void {
    const descriptor = this.#open.get(path)
    if (descriptor === undefined) return
    this.#open.delete(path)
    if (this.#newest === path) this.#newest = undefined
    closeSync(descriptor)
  }

  close(): void {
    for (const path of [...this.#open.keys()]) this.drop(path)
  }
}
