import { randomBytes } from 'node:crypto'
import { fromHex, toHex } from '@volact/core/bytes'
import { formatPoolToken, isPoolId, isPoolProof, poolHandle, poolLimits } from '@volact/core/document/pool-token'
import type { PoolProof } from '@volact/core/document/pool-token'
import { ActivationError } from '@volact/core/errors/activation-error'
import { isPoolLimit, type PoolRecord, readPools, writePools } from '../folder/pool-file.ts'
import { poolBounds } from './limits.ts'
import type { PoolAct } from './pool-acts.ts'

/** A pool of ephemeral machines (rule 38). */
export interface Pool extends PoolRecord {
  /** Its name in the ledger, in hexadecimal digits. */
  readonly handle: string
}

/** A pool that was added; `token` is told this once, and not when only the bound of a known pool was changed. */
export interface AddedPool {
  readonly id: string
  readonly limit: number
  readonly token?: string
}

/** Writes acts into the ledger; done when they are durable. */
export type RecordActs = (acts: readonly PoolAct[]) => Promise<void>

/**
 * The pools of a vendor. Their file decides which there are; the ledger records it, and what a crash between the two has left out is
 * recorded at the next start.
 */
export class Pools {
  readonly #path: string
  readonly #record: RecordActs
  #pools: readonly Pool[]
  /** One change after the other. */
  #changing: Promise<unknown> = Promise.resolve()

  constructor(path: string, record: RecordActs) {
    this.#path = path
    this.#record = record
    this.#pools = readPools(path).map(withHandle)
  }

  get list(): readonly Pool[] {
    return this.#pools
  }

  /** Gives the pool that a proof beside a request is of; nothing when it is of none (rule 38). */
  prove(proof: PoolProof | undefined, requestDigest: Uint8Array): Pool | undefined {
    if (proof === undefined) return undefined
    const pool = this.#pools.find(({ id }) => id === proof.id)
    return pool !== undefined && isPoolProof(pool.secret, proof, requestDigest) ? pool : undefined
  }

  /** Adds a pool, or changes the bound of one that there is. `USAGE` for a name or a bound that cannot be. */
  add(id: string, limit: number): Promise<AddedPool> {
    return this.#change(async () => {
      this.#requirePossible(id, limit)
      const known = this.#pools.find((pool) => pool.id === id)
      const secret = known?.secret ?? new Uint8Array(randomBytes(poolLimits.secret))
      // The ledger first: a token that somebody has seen stands in it.
      await this.#record([{ act: 'pool-add', pool: poolHandle(secret), limit }])
      this.#write([...this.#pools.filter((pool) => pool.id !== id), withHandle({ id, secret, limit })])
      return known === undefined ? { id, limit, token: formatPoolToken({ id, secret }) } : { id, limit }
    })
  }

  /** Removes a pool: its machines are not served any more, and their leases end by themselves. */
  remove(id: string): Promise<void> {
    return this.#change(async () => {
      const pool = this.#pools.find((candidate) => candidate.id === id)
      if (pool === undefined) throw new ActivationError('USAGE', `there is no pool "${id}" here; ${this.#names()}`)
      this.#write(this.#pools.filter((candidate) => candidate !== pool))
      await this.#record([{ act: 'pool-remove', pool: fromHex(pool.handle) }])
    })
  }

  /** Records what the ledger does not say of the pools that there are. */
  reconcile(recorded: ReadonlyMap<string, number>): Promise<void> {
    return this.#change(async () => {
      const missing = this.#pools.filter(({ handle, limit }) => recorded.get(handle) !== limit)
      const gone = [...recorded.keys()].filter((handle) => !this.#pools.some((pool) => pool.handle === handle))
      const acts = [
        ...missing.map(({ handle, limit }) => ({ act: 'pool-add', pool: fromHex(handle), limit }) as const),
        ...gone.map((handle) => ({ act: 'pool-remove', pool: fromHex(handle) }) as const),
      ]
      if (acts.length > 0) await this.#record(acts)
    })
  }

  #change<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(change)
    this.#changing = done.catch(() => undefined)
    return done
  }

  #requirePossible(id: string, limit: number): void {
    if (!isPoolId(id)) {
      throw new ActivationError('USAGE', 'a pool is named with lower-case letters, digits and hyphens, 63 at most')
    }
    if (!isPoolLimit(limit)) {
      throw new ActivationError('USAGE', `a pool is bound to 1 to ${poolBounds.machines} machines`)
    }
    if (this.#pools.length >= poolBounds.pools && !this.#pools.some((pool) => pool.id === id)) {
      throw new ActivationError('USAGE', `a vendor has at most ${poolBounds.pools} pools on a host; ${this.#names()}`)
    }
  }

  #names(): string {
    return this.#pools.length === 0 ? 'there is none' : `there are ${this.#pools.map(({ id }) => id).join(', ')}`
  }

  #write(pools: readonly Pool[]): void {
    const sorted = pools.toSorted((a, b) => (a.id < b.id ? -1 : 1))
    writePools(
      this.#path,
      sorted.map(({ id, secret, limit }) => ({ id, secret, limit })),
    )
    this.#pools = sorted
  }
}

function withHandle(record: PoolRecord): Pool {
  return { ...record, handle: toHex(poolHandle(record.secret)) }
}
