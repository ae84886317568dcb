import type { NetworkProbe } from '@volact/client/discovery/network-facts'
import type { PolicyPlace } from '@volact/client/policy/policy-place'
import type { Instant } from '@volact/core/time'
import type { Surroundings } from '@volact/files/default-folder'

/** All that a command sees of the world. Only `main.ts` makes one of the real one. */
export interface World {
  /** What to type for this command: `volact`, or `./volact` in a clone. */
  readonly command: string
  /** Writes to standard output, as it is. */
  readonly out: (text: string) => void
  /** Writes to standard error, as it is. */
  readonly err: (text: string) => void
  /** The terminal that standard output is; nothing when it is none. */
  readonly terminal: Terminal | undefined
  /** Asks the person at the terminal; absent where nobody is there. Nothing when there is no answer any more. */
  readonly ask?: Ask
  readonly now: () => Instant
  readonly surroundings: Surroundings
  /** Aborts when somebody asks this process to end; the reason is the signal. From the first look on, the process does not end by itself. */
  readonly stop: () => AbortSignal
  /** Calls for each SIGHUP, which from then on does not end the process; absent where nobody sends one. */
  readonly onHangup?: (listener: () => void) => void
  /** Where the administrator's policy lies; the system's own place but in tests. */
  readonly policy?: PolicyPlace
  /** What is known of the domains of this machine; read from the system but in tests. */
  readonly network?: NetworkProbe
  /** Whether a bug shows where it happened. */
  readonly debug: boolean
}

/** The signals that end a service. */
export type StopSignal = 'SIGINT' | 'SIGTERM'

/** The size of a terminal, in characters. */
export interface Terminal {
  readonly columns: number
  readonly rows: number
}

/** Puts a question and gives the answer; a hidden one is not shown while it is typed. */
export type Ask = (question: string, how?: { readonly hidden: boolean }) => Promise<string | undefined>
