import { setTimeout as sleep } from 'node:timers/promises'
import type { Signer } from '@volact/core/crypto'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import type { Ledger } from '@volact/ledger/ledger'
import { publishTiles } from '@volact/ledger/publish-tiles'
import { openKeyFile } from '@volact/keys/key-file'
import { type Retention, retain } from '@volact/ledger/retain'
import { hostFiles } from './folder/files.ts'
import type { HostEvent } from './index/host-event.ts'
import type { OpenedVendor } from './open-host.ts'

/** A ledger that is cared for. */
export interface CaredLedger {
  readonly vendor: string
  readonly ledger: Ledger
  readonly logId: Uint8Array
}

export interface LedgerCareOptions {
  readonly ledgers: () => readonly CaredLedger[]
  /** Ed25519, for signed notes (rule 30). */
  readonly noteSigner: Signer
  readonly now: () => Instant
  /** How long things are kept; asked for at each round. */
  readonly retention: () => Retention
  /** Is told when what is due by the clock cannot be done: once, until it can. */
  readonly event: (event: HostEvent) => void
  /** Is told what a person should know. */
  readonly note: (text: string) => void
}

/** Makes the care for the ledgers of a host's vendors, with the note key in its folder. */
export function openLedgerCare(
  dir: string,
  vendors: () => readonly OpenedVendor[],
  options: Omit<LedgerCareOptions, 'ledgers' | 'noteSigner'>,
): LedgerCare {
  const ledgers = (): readonly CaredLedger[] =>
    vendors().flatMap(({ vendor, service }) =>
      service === undefined ? [] : [{ vendor: vendor.id, ledger: service.log.ledger, logId: service.log.logId }],
    )
  return new LedgerCare({ ledgers, noteSigner: openKeyFile(hostFiles(dir).noteKey), ...options })
}

/** The first retention comes soon after the start, for hosts that are started anew each day. */
const seconds = { betweenNotes: 10, toRetention: 600, betweenRetentions: 86_400 } as const

/** Milliseconds between two tiles, each of which takes half of one: so that they never take more than a tenth of the event loop. */
const betweenTiles = 5

/** What is done beside the answers: a signed note and tiles every ten seconds when a ledger has grown (rule 30), and retention daily (rule 32). */
export class LedgerCare {
  readonly #options: LedgerCareOptions
  readonly #stopping = new AbortController()
  readonly #told = new Set<string>()
  #timers: NodeJS.Timeout[] = []
  #last: Promise<void> = Promise.resolve()

  constructor(options: LedgerCareOptions) {
    this.#options = options
  }

  start(): void {
    this.#timers = [
      setInterval(() => void this.publish(), seconds.betweenNotes * 1_000).unref(),
      setTimeout(() => void this.retain(), seconds.toRetention * 1_000).unref(),
      setInterval(() => void this.retain(), seconds.betweenRetentions * 1_000).unref(),
    ]
  }

  /** Signs a note for each ledger that has grown, and writes its tiles. */
  publish(): Promise<void> {
    return this.#each(async ({ ledger, logId }) => {
      await publishTiles(ledger, { logId, signer: this.#options.noteSigner, pause: this.#pause })
    })
  }

  /** Erases what was kept long enough. */
  retain(): Promise<void> {
    return this.#each(async ({ ledger }) => {
      const { now, retention } = this.#options
      await retain(ledger, now(), { retention: retention(), signal: this.#stopping.signal })
    })
  }

  /** Waits for what is just being done; the ledgers are closed behind it. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.#stopping.abort()
    await this.#last
  }

  /** Answers come first, unless there are none any more. */
  readonly #pause = async (): Promise<void> => {
    const { signal } = this.#stopping
    if (!signal.aborted) await sleep(betweenTiles, undefined, { signal }).catch(() => undefined)
  }

  /** One thing at a time, and a trouble with one ledger is told once and keeps nothing from the others. */
  #each(run: (ledger: CaredLedger) => Promise<void>): Promise<void> {
    this.#last = this.#last.then(async () => {
      for (const cared of this.#options.ledgers()) {
        if (!this.#stopping.signal.aborted) await this.#attempt(cared, run)
      }
    })
    return this.#last
  }

  async #attempt(cared: CaredLedger, run: (ledger: CaredLedger) => Promise<void>): Promise<void> {
    try {
      await run(cared)
      this.#told.delete(cared.vendor)
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      if (!this.#told.has(cared.vendor)) {
        this.#options.note(`${cared.vendor}: ${error.message}`)
        this.#options.event({ id: 12292, vendor: cared.vendor, fields: [error.code] })
      }
      this.#told.add(cared.vendor)
    }
  }
}
