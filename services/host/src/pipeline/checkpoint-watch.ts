import { existsSync } from 'node:fs'
import { equal } from '@volact/core/bytes'
import { digestLength } from '@volact/core/document/limits'
import { recogniseCheckpoint } from '@volact/core/document/recognise-checkpoint'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'
import { readEarlierKeys } from '../folder/earlier.ts'
import { fileLimits, type VendorFiles } from '../folder/files.ts'
import { openRecoveries, type StoredRecovery } from '../recovery/recoveries.ts'
import type { HostLog } from './host-log.ts'
import { examineCheckpoint, type OwnLog, type ShownCheckpoint } from './shown-checkpoint.ts'

/** Why nothing is granted, though the host is activated (rule 26). */
export type Halt = 'LOG_FORKED' | 'HOST_ROLLED_BACK'

/** Looks at the checkpoints that are shown, and remembers one that contradicts our ledger beyond a restart (rule 26). */
export class CheckpointWatch {
  readonly #log: HostLog
  readonly #files: VendorFiles
  readonly #note: (text: string) => void
  readonly #own: OwnLog
  #halt: Halt | undefined

  constructor(log: HostLog, files: VendorFiles, note: (text: string) => void) {
    this.#log = log
    this.#files = files
    this.#note = note
    this.#own = {
      logId: log.logId,
      keys: [log.certificate.leaf.publicKey, ...readEarlierKeys(files)],
      recoveries: openRecoveries(files.recoveries, log.ledger),
    }
    if (!existsSync(files.forkEvidence)) return
    this.show(readLimited(files.forkEvidence, fileLimits.checkpoint, 'the checkpoint'))
  }

  /** Why nothing is granted, if so. */
  get halt(): Halt | undefined {
    return this.#halt
  }

  /** Looks at a checkpoint. One of ours that is not in our tree ends all granting. */
  show(checkpoint: Uint8Array | undefined): ShownCheckpoint {
    const shown = examineCheckpoint(checkpoint, this.#log.ledger, this.#own)
    if (shown.kind === 'contradicts' && checkpoint !== undefined && this.#halt === undefined) {
      this.#halt = shown.code
      this.#note(`${shown.code}: a checkpoint signed by this host is not in its ledger; it grants nothing any more`)
      writeDurably(this.#files.forkEvidence, checkpoint)
    }
    return shown
  }

  /**
   * Gives the size of a checkpoint that our tree continues, by the roots that were remembered; 0 for none, or one of another log;
   * `undefined` for what has to be looked at more closely.
   */
  sizeOf(bytes: Uint8Array, from: number, to: number): number | undefined {
    if (from === 0) return 0
    const view = bytes.subarray(from, to)
    const found = recogniseCheckpoint(view)
    if (found === undefined) return undefined
    const { size, logId, root } = found
    if (!equal(view.subarray(logId, logId + digestLength), this.#own.logId)) return 0
    return this.#log.ledger.hasRoot(size, view.subarray(root, root + digestLength)) ? size : undefined
  }

  /** Finds a recovery that a client asks for by its number (rule 27). */
  recovery(number: number | undefined): StoredRecovery | undefined {
    return this.#own.recoveries.ofNumber(number)
  }
}
