import type { ApplicationCount } from './application-count.ts'
import type { GatheredKeys } from './gathered-keys.ts'
import type { HourRing } from './hour-ring.ts'
import { anchorKind, mixed } from './row-keys.ts'
import { flag, rowWords, word } from './rows.ts'

/** How many contacts machines of one kind have in each hour. */
interface Tally {
  readonly application: number
  readonly kind: { readonly isWeak: boolean; readonly isVirtual: boolean }
  readonly hours: HourRing
}

const kinds = 4

/**
 * The machines of a snapshot on their way into the count: their keys, gathered for the indexes, and their contacts by hour and kind. What is
 * done here is done for each of a million machines before a host answers, so that it reads the words of a block as they lie there.
 */
export class ContactLoad {
  readonly machines: GatheredKeys
  readonly anchors: GatheredKeys
  /** How many machines have an anchor, by what `anchorKind` says of it. */
  readonly anchored: Uint32Array
  /** How many machines have a contact. */
  contacts = 0
  readonly #hours: readonly HourRing[]

  constructor(machines: GatheredKeys, anchors: GatheredKeys, counts: readonly ApplicationCount[]) {
    this.machines = machines
    this.anchors = anchors
    this.anchored = new Uint32Array(2 * counts.length)
    this.#hours = counts.flatMap((count) => Array.from({ length: kinds }, () => count.tally()))
  }

  /** Takes in the first rows among those of a block, the first of which is row `from`. */
  add(words: Uint32Array, from: number, count: number): void {
    for (let row = from, at = 0; row < from + count; row += 1, at += rowWords) {
      const said = words[at + word.born] ?? 0
      if ((said & flag.extra) === 0) this.#add(words, at, row, said)
    }
  }

  /** The contacts of all that can count: those of ephemeral machines never do (rule 38). */
  readonly tallies = (): readonly Tally[] =>
    this.#hours.map((hours, place) => ({
      application: Math.floor(place / kinds),
      kind: { isWeak: (place & 2) !== 0, isVirtual: (place & 1) !== 0 },
      hours,
    }))

  #add(words: Uint32Array, at: number, row: number, said: number): void {
    const contact = words[at + word.contact] ?? 0
    const application = contact & 0x3ff
    this.machines.put(row, mixed(words[at + word.machine] ?? 0, application), words[at + word.machineHigh] ?? 0)
    if ((said & flag.contact) === 0) return
    this.contacts += 1
    if ((said & flag.ephemeral) !== 0) return
    const isVirtual = (said & flag.virtual) !== 0
    const isWeak = (said & flag.weak) !== 0
    this.#hours[kinds * application + (isWeak ? 2 : 0) + (isVirtual ? 1 : 0)]?.add(contact >>> 10, 1)
    if (isWeak) return
    const kind = anchorKind(application, isVirtual)
    this.anchored[kind] = (this.anchored[kind] ?? 0) + 1
    this.anchors.put(row, mixed(words[at + word.anchor] ?? 0, kind), words[at + word.anchorHigh] ?? 0)
  }
}
