import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { equal, toHex } from '@volact/core/bytes'
import { rootFingerprint } from '@volact/core/document/fingerprint'
import { identifyDocument } from '@volact/core/document/identify'
import { openPack, type Pack } from '@volact/core/document/pack'
import { parseStarter } from '@volact/core/document/starter'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { type Certificate, extensionValue, parseCertificate } from '@volact/core/x509/certificate'
import { extensionOids } from '@volact/core/x509/oids'
import { askControl } from '@volact/files/control-socket'
import { openFolder } from '@volact/files/data-folder'
import { syncFolder, writeDurably } from '@volact/files/durable'
import { readCertificates, writeCertificates } from './folder/certificates.ts'
import { type VendorFiles, vendorFiles } from './folder/files.ts'
import { openVendor, type Vendor, writeVendorRecord } from './folder/vendor.ts'
import { withHostFolder } from './folder/with-host-folder.ts'

export interface InstallPackOptions {
  readonly now: Instant
  /** The vendor's root where it is at hand; else the first pack's own root is pinned, and its fingerprint to be compared. */
  readonly root?: Certificate
}

export interface InstalledPack {
  readonly vendor: { readonly id: string; readonly name: string }
  readonly number: number
  /** SHA-256 of the pinned root, as people compare it. */
  readonly fingerprint: string
  /** Whether this pack has pinned its root just now, so that its fingerprint is to be compared with the vendor. */
  readonly pinned: 'now' | 'before'
  /** Whether the root is one for tests (rule 11). */
  readonly test: boolean
}

/**
 * Installs a pack, or the pack in a starter file (rule 48). The root of a vendor's first pack is pinned: another one is
 * `ROOT_CHANGED` from then on. A smaller number than the installed one is `PACK_OLDER`. A host that runs serves by it at once.
 */
export async function installPack(dir: string, bytes: Uint8Array, options: InstallPackOptions): Promise<InstalledPack> {
  const offer = readOffer(bytes)
  const root = options.root === undefined ? {} : { root: toHex(options.root.der) }
  const question = { verb: 'pack-install', pack: toHex(bytes), ...root }
  const asked = await askControl(openFolder(dir, 'host').path, question)
  // What answers there is a host of this folder's owner, and of the version that runs here.
  return asked === undefined
    ? withHostFolder(dir, (path) => installOffer(path, offer, options))
    : (asked.answer as InstalledPack)
}

/** A pack, and what a starter file says beside it. */
export interface PackOffer {
  readonly bytes: Uint8Array
  readonly roots?: readonly Certificate[]
  readonly authority?: string
}

/** Installs a pack into a folder whose lock is held. */
export function installOffer(hostDir: string, offer: PackOffer, { now, root }: InstallPackOptions): InstalledPack {
  // What it says of its vendor is not believed yet: it only tells which pinned root it must lead to.
  const { catalog } = openPack(offer.bytes, 'first-use', now)
  const files = vendorFiles(hostDir, catalog.vendor.id)
  const known = existsSync(files.pack) ? openVendor(hostDir, catalog.vendor.id) : undefined
  const pinned = known?.root ?? pinnedRoot(files)
  const pack = openTrusted(offer, trustedRoots(pinned, root, offer), now)
  if (known !== undefined) refuseOlder(known, pack)
  write(files, pack, offer, known, now)
  return {
    vendor: { id: pack.catalog.vendor.id, name: pack.catalog.vendor.name },
    number: pack.number,
    fingerprint: rootFingerprint(pack.root),
    pinned: pinned === undefined ? 'now' : 'before',
    test: extensionValue(pack.root, extensionOids.testRoot) !== undefined,
  }
}

/** Reads a pack or a starter file. */
export function readOffer(bytes: Uint8Array): PackOffer {
  if (identifyDocument(bytes) !== 'starter') return { bytes }
  const { pack, roots, authority } = parseStarter(bytes)
  return { bytes: pack, roots: roots.map(parseCertificate), authority }
}

/** An installation that was killed after it had pinned the root has pinned it. */
function pinnedRoot(files: VendorFiles): Certificate | undefined {
  return existsSync(files.root) ? readCertificates(files.root)[0] : undefined
}

type Trust =
  | { readonly kind: 'pinned' | 'given'; readonly roots: readonly [Certificate, ...Certificate[]] }
  | { readonly kind: 'first-use'; readonly roots: readonly Certificate[] | 'first-use' }

function trustedRoots(pinned: Certificate | undefined, given: Certificate | undefined, offer: PackOffer): Trust {
  if (pinned !== undefined && given !== undefined && !equal(pinned.der, given.der)) throw rootChanged(pinned, given)
  if (pinned !== undefined) return { kind: 'pinned', roots: [pinned] }
  if (given !== undefined) return { kind: 'given', roots: [given] }
  return { kind: 'first-use', roots: offer.roots ?? 'first-use' }
}

function openTrusted({ bytes }: PackOffer, trust: Trust, now: Instant): Pack {
  try {
    return openPack(bytes, trust.roots, now)
  } catch (error) {
    if (trust.kind !== 'pinned' || !(error instanceof ActivationError)) throw error
    const named = openPack(bytes, 'first-use', now).root
    throw equal(named.der, trust.roots[0].der) ? error : rootChanged(trust.roots[0], named)
  }
}

function rootChanged(pinned: Certificate, other: Certificate): ActivationError {
  const message =
    `this vendor is known here with the root ${rootFingerprint(pinned)}, and not with ${rootFingerprint(other)}: ` +
    'nothing was installed; ask the vendor on another way before you go on'
  return new ActivationError('ROOT_CHANGED', message)
}

function refuseOlder(known: Vendor, { number }: Pack): void {
  if (number >= known.pack.number) return
  const message = `pack ${number} is older than pack ${known.pack.number}, which is installed: take the newest one`
  throw new ActivationError('PACK_OLDER', message)
}

/** The pack comes last: a vendor is there when its pack is, and then everything else is, too. */
function write(files: VendorFiles, pack: Pack, offer: PackOffer, known: Vendor | undefined, now: Instant): void {
  if (!existsSync(files.dir)) {
    mkdirSync(files.dir, { recursive: true, mode: 0o700 })
    syncFolder(dirname(files.dir))
    syncFolder(dirname(dirname(files.dir)))
  }
  if (known === undefined) writeCertificates(files.root, [pack.root])
  const authority = offer.authority ?? known?.authority
  writeVendorRecord(files, {
    installed: now,
    ...(known !== undefined && { before: known.installed }),
    ...(authority !== undefined && { authority }),
  })
  writeDurably(files.pack, offer.bytes)
}
