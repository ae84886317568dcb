/** An SRV record (RFC 2782): where a service is offered, and in which order to try. */
export interface SrvRecord {
  /** 0 to 65535; the lowest is tried first. */
  readonly priority: number
  /** 0 to 65535; among equal priorities a record is chosen the more often the larger it is. */
  readonly weight: number
  readonly port: number
  readonly target: string
}

/** The targets in the order in which to try them; or that there are none, and that this was said on purpose. */
export type SrvOrder =
  { readonly kind: 'targets'; readonly targets: readonly SrvRecord[] } | { readonly kind: 'unavailable' }

/** The most targets that are followed (rule 51). */
export const mostTargets = 16

/**
 * Orders records as RFC 2782 says, each target with its port once, sixteen at most (rule 51). The target "." alone means that
 * the service is decidedly not available. `draw` gives a uniform random whole number from 0 to its argument, both included.
 */
export function orderSrv(records: readonly SrvRecord[], draw: (most: number) => number): SrvOrder {
  const named = records.filter(({ target }) => !isRoot(target))
  if (named.length === 0 && records.length > 0) return { kind: 'unavailable' }
  // A target that is named twice keeps its better place.
  const left = withoutDuplicates(named.toSorted((a, b) => a.priority - b.priority || b.weight - a.weight))
  const targets: SrvRecord[] = []
  for (let best = left[0]; best !== undefined && targets.length < mostTargets; best = left[0]) {
    const { priority } = best
    const equals = left.filter((record) => record.priority === priority)
    const chosen = choose(equals, draw)
    left.splice(left.indexOf(chosen), 1)
    targets.push(chosen)
  }
  return { kind: 'targets', targets }
}

/** A name without its letter case and the dot at its end: two spellings are one target. */
export function canonicalTarget(target: string): string {
  return target.replace(/\.$/, '').toLowerCase()
}

function isRoot(target: string): boolean {
  return canonicalTarget(target) === ''
}

function withoutDuplicates(records: readonly SrvRecord[]): SrvRecord[] {
  const first = new Map<string, SrvRecord>()
  for (const record of records) {
    const name = `${canonicalTarget(record.target)}:${record.port}`
    if (!first.has(name)) first.set(name, record)
  }
  return [...first.values()]
}

/**
 * Chooses by weight among records of one priority, of which there is one at least. Those of weight 0 stand first, so that they
 * are chosen only when the number drawn is 0: "a very small chance" (RFC 2782).
 */
function choose(records: readonly SrvRecord[], draw: (most: number) => number): SrvRecord {
  const drawn = draw(records.reduce((sum, { weight }) => sum + weight, 0))
  let running = 0
  const chosen = records.toSorted((a, b) => a.weight - b.weight).find(({ weight }) => (running += weight) >= drawn)
  if (chosen === undefined) throw new Error(`${drawn} is more than the weights of all records together`)
  return chosen
}
