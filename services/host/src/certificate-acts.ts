import { type Instant, toIso } from '@volact/core/time'
import { type ActivatedHost, activateFolder } from './activate-host.ts'
import type { HardwareProbe } from './activation/hardware.ts'
import type { Alone } from './alone.ts'
import type { Log } from './logs/log-event.ts'
import { type RenewedHost, renewFolder } from './renewal/renew-host.ts'
import { unknownHardware } from './spare/unknown-hardware.ts'

/** Which vendor is asked, and where. */
export interface AuthorityChoice {
  readonly authority?: string
  readonly vendor?: string
}

/** The host whose certificates these are. */
export interface CertifiedHost {
  readonly dir: string
  readonly now: () => Instant
  /** Without it nothing is compared, and the certificate names no hardware. */
  readonly probe: HardwareProbe | undefined
  readonly say: Log
  /** Closes the ledgers for an act, and opens what has come of it. */
  readonly alone: Alone
  /** The same where another ledger takes the place of one: the index has to follow. */
  readonly aloneWithoutIndex: Alone
}

/**
 * What a running host does about its certificates when a command asks for it, one after the other. It stands still for the moments in which
 * a ledger or certificate is written, and serves while the authority is waited for.
 */
export class CertificateActs {
  readonly #host: CertifiedHost
  #last: Promise<unknown> = Promise.resolve()

  constructor(host: CertifiedHost) {
    this.#host = host
  }

  /** Renews a certificate, or has a spare confirmed. */
  renew(choice: AuthorityChoice): Promise<RenewedHost> {
    const { dir, now, alone, say } = this.#host
    return this.#next(async () => {
      const renewed = await renewFolder(dir, { ...choice, now }, alone)
      const text = `the certificate of ${renewed.vendor} is renewed until ${toIso(renewed.notAfter)}`
      say({ level: 'info', event: 'certificate-renewed', text })
      return renewed
    })
  }

  /** Activates, for the first time or anew. */
  activate(choice: AuthorityChoice): Promise<ActivatedHost> {
    const { dir, now, aloneWithoutIndex, probe = unknownHardware, say } = this.#host
    return this.#next(async () => {
      const activated = await activateFolder(dir, { ...choice, now: now(), probe }, aloneWithoutIndex)
      const text = `this host is activated with ${activated.vendor} until ${toIso(activated.notAfter)}`
      say({ level: 'info', event: 'activated', text })
      return activated
    })
  }

  #next<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act)
    this.#last = done.catch(() => undefined)
    return done
  }
}
