import { days, type Instant } from '../time.ts'
import { type Branches, type BranchSign, branchSign, noBranches, withBranchEvent } from './forks.ts'

/** Numbers from 0 to 1 that look random, and are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Random = () => number

interface HostMemory {
  readonly last: string | undefined
  readonly lastBytes: string | undefined
  readonly branches: Branches
  readonly signs: readonly BranchSign[]
}

/** A host as `reference/twins.py` models it, around the real rule. */
export class ModelHost {
  memory: HostMemory = { last: undefined, lastBytes: undefined, branches: noBranches, signs: [] }
  #grants = 0

  /** The head that is granted; nothing when an answer to a challenge would have been needed and did not come. */
  ask(prev: string | undefined, bytes: string, now: Instant, canAnswer: () => boolean): string | undefined {
    const { last, lastBytes, branches, signs } = this.memory
    if (bytes === lastBytes) return last
    const sign = branchSign(branches, { prev, last }, now)
    if (sign !== 'none' && !canAnswer()) return undefined
    this.#grants += 1
    const head = `grant ${this.#grants}`
    this.memory = {
      ...{ last: head, lastBytes: bytes, signs: sign === 'none' ? signs : [...signs, sign] },
      branches: sign === 'none' ? branches : noted(branches, sign, prev ?? '', last ?? '', now),
    }
    return head
  }

  get isTwin(): boolean {
    return this.memory.signs.includes('twin')
  }
}

function noted(
  branches: Branches,
  sign: Exclude<BranchSign, 'none'>,
  shown: string,
  superseded: string,
  now: Instant,
): Branches {
  return withBranchEvent(branches, sign === 'fork' ? { sign, superseded } : { sign, superseded, shown }, now)
}

interface ClientMemory {
  readonly head: string | undefined
  readonly pending: { readonly prev: string | undefined; readonly bytes: string } | undefined
  readonly tries: number
}

/** What may go wrong on the way, each with its probability. */
export interface Faults {
  readonly request?: number
  readonly answer?: number
  readonly crash?: number
  /** A request is forgotten in a crash unless it was written before it was sent (rule 14). */
  readonly forgetful?: boolean
}

let requests = 0

/** A client as `reference/twins.py` models it: it keeps the last grant, and repeats the bytes of an open request three times. */
export class ModelClient {
  memory: ClientMemory = { head: undefined, pending: undefined, tries: 0 }

  attempt(host: ModelHost, now: Instant, random: Random, faults: Faults = {}): boolean {
    const { request = 0, answer = 0, crash = 0, forgetful = false } = faults
    const { head, tries } = this.memory
    const isRepeated = this.memory.pending !== undefined && tries < 3
    const pending = (isRepeated ? this.memory.pending : undefined) ?? {
      prev: head,
      bytes: `request ${(requests += 1)}`,
    }
    this.memory = { head, pending, tries: isRepeated ? tries + 1 : 1 }
    if (random() < crash && forgetful) this.memory = { ...this.memory, pending: undefined }
    if (random() < request) return false
    const loss = Math.max(request, answer)
    const granted = host.ask(pending.prev, pending.bytes, now, () => random() >= loss && random() >= loss)
    if (granted === undefined || random() < answer || random() < crash) return false
    this.memory = { head: granted, pending: undefined, tries: 0 }
    return true
  }
}

/** What else happens to an honest machine and its host. */
export interface Story extends Faults {
  /** Probability that an older snapshot of the client is restored, or an older backup of the host, in a week. */
  readonly snapshot?: number
  readonly backup?: number
  /** Probability that somebody sends a recorded request again. */
  readonly replay?: number
  /** What the machine is put back to every time: one snapshot, or two in turn. */
  readonly putBack?: 'one' | 'two'
}

/** Sixty weeks of one honest machine; whether the host took it for twins. */
export function honestMachine(
  seed: number,
  { snapshot = 0, backup = 0, replay = 0, putBack, ...faults }: Story,
): boolean {
  const random = randomFrom(seed)
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
  const [host, client] = [new ModelHost(), new ModelClient()]
  const snapshots: ClientMemory[] = []
  const recorded: NonNullable<ClientMemory['pending']>[] = []
  const backups = [host.memory]
  for (let week = 0; week < 60; week += 1) {
    const now = days(7 * week)
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const isDone = client.attempt(host, now, random, faults)
      if (client.memory.pending !== undefined) recorded.push(client.memory.pending)
      if (isDone) break
    }
    const recording = random() < replay ? pick(recorded) : undefined
    if (recording !== undefined) host.ask(recording.prev, recording.bytes, now, () => false)
    if (random() < snapshot) client.memory = pick(snapshots.slice(-8)) ?? client.memory
    snapshots.push(client.memory)
    const fixed = putBack === 'one' && week > 5 ? 5 : putBack === 'two' && week > 9 ? 5 + 4 * (week % 2) : week
    client.memory = snapshots[fixed] ?? client.memory
    if (random() < backup) host.memory = pick(backups.slice(-4)) ?? host.memory
    backups.push(host.memory)
  }
  return host.isTwin
}

/** How far two twins came, A and B, in renewals: until the fork was noted, and until one was told. */
export interface TwinTrial {
  readonly noted: readonly [number, number] | undefined
  readonly told: readonly [number, number] | undefined
}

/** Two copies of one client that renew in an order such as `ABAB`, two a week. */
export function twins(order: string, seed = 0, faults: Faults = {}): TwinTrial {
  const random = randomFrom(seed)
  const [host, original, copy] = [new ModelHost(), new ModelClient(), new ModelClient()]
  original.attempt(host, 0, random)
  copy.memory = original.memory
  const renewals = { A: 0, B: 0 }
  let noted: TwinTrial['noted']
  for (const [turn, which] of Array.from(order).entries()) {
    const isA = which === 'A'
    const isDone = (isA ? original : copy).attempt(host, days(7 * (Math.floor(turn / 2) + 1)), random, faults)
    if (isDone) renewals[isA ? 'A' : 'B'] += 1
    if (host.memory.signs.length > 0) noted ??= [renewals.A, renewals.B]
    if (host.isTwin) return { noted, told: [renewals.A, renewals.B] }
  }
  return { noted, told: undefined }
}
