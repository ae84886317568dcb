import type { License } from '../sdk/license.ts'

/** Is called with a license that has changed. */
export type LicenseListener = (license: License) => void

interface Watcher {
  readonly product: string | undefined
  readonly listener: LicenseListener
  /** The license that it was told last, as a text. */
  known: string
}

/** Those who want to know when a license changes, each at most once per change. */
export class Watchers {
  readonly #license: (product: string | undefined) => License
  readonly #watchers = new Set<Watcher>()

  /** `license` tells where a product stands. */
  constructor(license: (product: string | undefined) => License) {
    this.#license = license
  }

  /** Calls the listener at each change from now on, until the function that is returned is called. */
  add(listener: LicenseListener, product: string | undefined): () => void {
    const watcher = { product, listener, known: JSON.stringify(this.#license(product)) }
    this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }

  /** Looks what has changed since the last time, whoever has changed it. */
  look(): void {
    for (const watcher of this.#watchers) {
      const license = this.#license(watcher.product)
      const now = JSON.stringify(license)
      if (now === watcher.known) continue
      watcher.known = now
      callSafely(watcher.listener, license)
    }
  }
}

/** Calls what a program has given. That it throws is its own bug, to be seen there, and stops nothing here. */
export function callSafely(listener: LicenseListener, license: License): void {
  try {
    listener(license)
  } catch (error) {
    warnOf(error)
  }
}

/** Shows a bug without ending the program that has its own work to do. */
export function warnOf(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(String(error)))
}
