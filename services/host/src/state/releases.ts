import { toHex } from '@volact/core/bytes'
import { days, type Instant } from '@volact/core/time'

/** How many releases are answered again when they come again, and for how long; later ones are told that nothing is there. */
export const releasesKept: { readonly most: number; readonly seconds: number } = { most: 16_384, seconds: days(30) }

/** A release that the ledger has, by the digest of its bytes. */
export interface ReleaseRecord {
  readonly req: string
  readonly index: number
  readonly time: Instant
}

/** The last releases, so that one whose answer was lost gets its entry again. */
export class Releases {
  readonly #records = new Map<string, ReleaseRecord>()

  get list(): readonly ReleaseRecord[] {
    return [...this.#records.values()]
  }

  /** The entry of a release. */
  find(req: Uint8Array): number | undefined {
    return this.#records.get(toHex(req))?.index
  }

  add(record: ReleaseRecord): void {
    this.#records.set(record.req, record)
    for (const oldest of this.#records.values()) {
      if (this.#records.size <= releasesKept.most && record.time - oldest.time < releasesKept.seconds) return
      this.#records.delete(oldest.req)
    }
  }

  remove(req: string): void {
    this.#records.delete(req)
  }
}
