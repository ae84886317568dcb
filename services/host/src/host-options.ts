import type { Duration, Instant } from '@volact/core/time'
import type { HardwareProbe } from './activation/hardware.ts'
import type { LoadedConfig } from './config/load-config.ts'
import type { LogSettings } from './logs/host-logger.ts'
import type { Log } from './logs/log-event.ts'
import type { ListenAddress } from './network/frame-server.ts'
import type { NetworkLimits } from './network/limits.ts'
import type { StrangerLimits } from './strangers/limits.ts'
import type { VerificationLimits } from './verification/limits.ts'

/** How a host serves its folder. */
export interface HostOptions {
  /** Where to listen; what the settings say where it is missing. */
  readonly listen?: ListenAddress
  readonly now: () => Instant
  /** Reads the settings, now and at each reload; the usual ones where it is missing. `CONFIG_INVALID`. */
  readonly settings?: () => LoadedConfig
  /** Seconds that have run since some moment, whatever happens to the wall clock; a test with a clock of its own gives it, too. */
  readonly elapsed?: () => Duration
  /** Compares the hardware with the certified one; without it nothing is compared. */
  readonly probe?: HardwareProbe
  readonly limits?: Partial<NetworkLimits>
  readonly verification?: Partial<VerificationLimits>
  /** What new identities may have; a lab with many machines has its own (rule 39). */
  readonly strangers?: Partial<StrangerLimits>
  /** `off` has each request verified before it is decided, as the fast way has it done afterwards. */
  readonly fastWay?: 'on' | 'off'
  /** `off` leaves the index out; lists and stories of machines are not to be had then. */
  readonly index?: 'on' | 'off'
  /** Is told what a person should know, a sentence each. */
  readonly onNote?: (text: string) => void
  /** Takes the events of the log; where it is there, notes go there, too. */
  readonly log?: HostLog
}

/** Where the events of a host go, and how it follows changed settings. */
export interface HostLog {
  readonly write: Log
  use(settings: LogSettings): Promise<void>
}
