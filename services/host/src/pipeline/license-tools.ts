import type { LogState } from '../state/log-state.ts'
import type { CheckpointWatch } from './checkpoint-watch.ts'
import type { HostLog } from './host-log.ts'
import type { OwedSignatures } from './owed-signatures.ts'
import type { StablePart } from './stable-part.ts'
import type { Terms } from './terms.ts'

/** What both ways to a grant work with. */
export interface LicenseTools {
  readonly terms: Terms
  readonly log: HostLog
  readonly state: LogState
  readonly stable: StablePart
  readonly watch: CheckpointWatch
  readonly owed: OwedSignatures
}
