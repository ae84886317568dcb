import type { Instant } from '@volact/core/time'
import type { Certificate } from '@volact/core/x509/certificate'
import { type ControlSocket, serveControl } from '@volact/files/control-socket'
import type { HardwareProbe } from './activation/hardware.ts'
import type { ActsInTurn } from './acts-in-turn.ts'
import { CertificateActs } from './certificate-acts.ts'
import type { ChangedSettings } from './config/changed-settings.ts'
import { answerQuestion, type HostToAsk, worksOnLedgers } from './control.ts'
import { answerDns } from './dns/ask-dns.ts'
import type { DnsDesk } from './dns/desk.ts'
import type { IndexDesk } from './index/index-desk.ts'
import { withIndex } from './index/latest-forks.ts'
import { putKey } from './install-key.ts'
import { type InstalledPack, installOffer, type PackOffer } from './install-pack.ts'
import type { Log } from './logs/log-event.ts'
import type { ServedVendors } from './served-vendors.ts'
import type { StandStill } from './stand-still.ts'
import type { HostStatus } from './status.ts'

/** What of a running host commands work with. */
export interface CommandedHost {
  readonly dir: string
  readonly now: () => Instant
  readonly probe: HardwareProbe | undefined
  readonly say: Log
  readonly vendors: ServedVendors
  readonly index: IndexDesk
  readonly dns: DnsDesk
  readonly acts: ActsInTurn
  readonly still: StandStill
  readonly status: () => HostStatus
  readonly reload: () => Promise<ChangedSettings>
}

/** Answers commands through the control socket. Those that work on ledgers have them to the end; all others wait while the host stands still. */
export function openControlDesk(host: CommandedHost): Promise<ControlSocket> {
  const { dir, still } = host
  const desk = deskOf(host)
  return serveControl(dir, async (question) => {
    if (worksOnLedgers(question)) return still.answer(() => answerQuestion(question, desk))
    await still.turnstile.whenOpen()
    return answerQuestion(question, desk)
  })
}

function deskOf(host: CommandedHost): HostToAsk {
  const { dir, vendors, index, dns, acts, status, reload } = host
  return {
    get vendors() {
      return vendors.opened
    },
    status: () => withIndex(status(), index),
    ...{ index, reload },
    announced: () => {
      vendors.door.announce()
    },
    installPack: (offer, root) => installPack(host, offer, root),
    installKey: (key, vendor) => acts.do(() => putKey(dir, key, { ...(vendor !== undefined && { vendor }) })),
    certificates: certificateActs(host),
    dns: (question) => answerDns(question, dns),
  }
}

function installPack(
  { dir, now, acts, still, say }: CommandedHost,
  offer: PackOffer,
  root: Certificate | undefined,
): Promise<InstalledPack> {
  const options = { now: now(), ...(root !== undefined && { root }) }
  return acts.do(async () => {
    const installed = installOffer(dir, offer, options)
    // Everything is opened anew behind it, and the new pack with it.
    await still.for(() => undefined)
    const text = `pack ${installed.number} of ${installed.vendor.name} is installed`
    say({ level: 'info', event: 'pack-installed', text })
    return installed
  })
}

function certificateActs({ dir, now, probe, say, acts, still }: CommandedHost): CertificateActs {
  return new CertificateActs({
    ...{ dir, now, probe, say },
    alone: (act) => acts.do(() => still.forCertificate(act)),
    aloneWithoutIndex: (act) => acts.do(() => still.forLedger(act)),
  })
}
