import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openAuthority } from '@volact/authority/authority'
import { initAuthority } from '@volact/authority/init-authority'
import { type RunningAuthority, startAuthority } from '@volact/authority/start-authority'
import type { EmbeddedVendor } from '@volact/client/open-client'
import { probeHardware } from '@volact/client/hardware-probe'
import { openPack } from '@volact/core/document/pack'
import type { Instant } from '@volact/core/time'
import type { Certificate } from '@volact/core/x509/certificate'
import { activateHost } from '@volact/host/activate-host'
import { initHost } from '@volact/host/init-host'
import { installKey } from '@volact/host/install-key'
import { installPack } from '@volact/host/install-pack'
import { type RunningHost, startHost } from '@volact/host/start-host'
import type { LabReporter } from './reporter.ts'
import { type LabProduct, referenceCatalog } from './reference-catalog.ts'

/** The data folders of a lab. */
export interface LabFolders {
  readonly authority: string
  readonly host: string
  readonly machines: string
}

/** Names the folders of a lab, and makes the one that holds those of the machines. */
export function labFolders(dir: string): LabFolders {
  const machines = join(dir, 'machines')
  mkdirSync(machines, { mode: 0o700 })
  return { authority: join(dir, 'authority'), host: join(dir, 'host'), machines }
}

/** What a lab knows of its vendor. */
export interface LabVendor extends LabProduct {
  readonly pack: Uint8Array
  readonly root: Certificate
  readonly hostKey: string
  /** Root and policy as a program of the vendor has them compiled in (rule 11). */
  readonly embedded: EmbeddedVendor
}

const loopback = { host: '127.0.0.1', port: 0 } as const

/** Sets up a vendor that sells what the reference catalog has, and issues a host key for the product of the lab. */
export async function makeVendor(
  dir: string,
  sold: LabProduct,
  now: () => Instant,
  report: LabReporter,
): Promise<LabVendor> {
  initAuthority({ dir, now: now(), names: ['localhost', '127.0.0.1'], vendor: 'Example Works', test: true })
  const authority = await openAuthority({ dir, now })
  try {
    const { vendor } = await authority.applyCatalog(referenceCatalog())
    const order = { type: 'host', group: sold.product.group, customer: 'Example Customer' } as const
    const { key, lastFive } = await authority.issueKey(order)
    report({ kind: 'step', text: `vendor ${vendor}: root made, pack signed, host key …-${lastFive} issued` })
    const { root } = authority
    const pack = await authority.exportPack()
    const { catalog } = openPack(pack, [root], now())
    return { ...sold, pack, root, hostKey: key, embedded: { roots: [root.der], policy: catalog } }
  } finally {
    await authority.close()
  }
}

/** Sets up a host that the vendor activates. */
export async function makeHost(
  dir: string,
  { pack, root, hostKey }: LabVendor,
  { authority, now, report }: { readonly authority: string; readonly now: () => Instant; readonly report: LabReporter },
): Promise<void> {
  initHost({ dir, now: now() })
  await installPack(dir, pack, { now: now(), root })
  await installKey(dir, hostKey)
  const { hostsLeft } = await activateHost(dir, { authority, now: now(), probe: probeHardware })
  report({
    kind: 'step',
    text: `host: pack and key installed, activated by ${authority} (${hostsLeft} more hosts left)`,
  })
}

/** Serves a folder of an authority on loopback. */
export function serveAuthority(dir: string, now: () => Instant): Promise<RunningAuthority> {
  return startAuthority({ dir, listen: loopback, now })
}

/** Serves a folder of a host on loopback. Its time runs as the virtual clock does, or it would not believe that clock (rule 43). */
export function serveHost(dir: string, now: () => Instant): Promise<RunningHost> {
  // A whole estate begins at once here (rule 39).
  const strangers = { perSecond: 1_000_000, perDay: 1_000_000 }
  return startHost({ dir, listen: loopback, now, elapsed: now, strangers })
}
