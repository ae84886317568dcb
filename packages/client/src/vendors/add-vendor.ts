import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { equal, utf8 } from '@volact/core/bytes'
import { encodePem } from '@volact/core/der/pem'
import { rootFingerprint } from '@volact/core/document/fingerprint'
import { identifyDocument } from '@volact/core/document/identify'
import { openPack, type Pack } from '@volact/core/document/pack'
import { parseStarter } from '@volact/core/document/starter'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import type { Certificate } from '@volact/core/x509/certificate'
import { parseRoot } from '@volact/core/x509/root'
import { syncFolder, writeDurably } from '@volact/files/durable'
import { fileError } from '@volact/files/file-error'
import { isInstalled, readRoots, readVendor } from './folder-vendors.ts'
import { requireProtected } from './protected-folder.ts'
import { encodeRecords, isOf, type PackRecord, readRecords, recordOf } from './pack-record.ts'
import { isTestRoot } from './vendor.ts'
import { vendorFiles, type VendorFiles, type VendorPlace } from './vendor-place.ts'

export interface AddVendorOptions {
  readonly now: Instant
  /** The vendor's root where it is at hand; else the one in the file is pinned, and its fingerprint to be compared. */
  readonly root?: Certificate
}

/** What was added, to be shown: who the vendor is proves itself only by its fingerprint (rule 48). */
export interface AddedVendor {
  readonly vendor: { readonly id: string; readonly name: string }
  /** Number of the pack. */
  readonly number: number
  /** SHA-256 of the root that the pack leads to, as people compare it. */
  readonly fingerprint: string
  /** Whether the root was pinned just now, so that its fingerprint is to be compared with the vendor. */
  readonly pinned: 'now' | 'before'
  /** Whether the root is one for tests. */
  readonly test: boolean
  /** Whether only the administrator can change what was written; else it is shown as unprotected. */
  readonly protected: boolean
  /** Where it was written. */
  readonly path: string
}

/**
 * Adds a vendor from a pack or a starter file, or a newer pack of one that is known (rules 11, 48). Another root than the pinned
 * one is `ROOT_CHANGED`, a smaller number `PACK_OLDER`.
 */
export function addVendor(place: VendorPlace, bytes: Uint8Array, { now, root }: AddVendorOptions): AddedVendor {
  const offer = readOffer(bytes)
  // What it says of its vendor is not believed yet: it only tells which pinned root it must lead to.
  const { id } = openPack(offer.pack, 'first-use', now).catalog.vendor
  const files = vendorFiles(place, id)
  const pinned = existsSync(files.roots) ? readRoots(files) : undefined
  const roots = trustedRoots(pinned, root, offer)
  const pack = openTrusted(offer.pack, roots, { pinned, now })
  refuseOlder(place, id, pack)
  write(place, files, { offer, roots: pinned ?? [pack.root], record: recordOf(offer.pack, pack.number, now) })
  return {
    vendor: { id, name: pack.catalog.vendor.name },
    number: pack.number,
    fingerprint: rootFingerprint(pack.root),
    pinned: pinned === undefined ? 'now' : 'before',
    test: isTestRoot(pack.root),
    protected: place.protection === 'system',
    path: files.dir,
  }
}

interface Offer {
  readonly pack: Uint8Array
  readonly roots?: readonly Certificate[]
}

type Roots = readonly Certificate[]

function readOffer(bytes: Uint8Array): Offer {
  if (identifyDocument(bytes) !== 'starter') return { pack: bytes }
  const { pack, roots } = parseStarter(bytes)
  return { pack, roots: roots.map(parseRoot) }
}

function trustedRoots(pinned: Roots | undefined, given: Certificate | undefined, offer: Offer): Roots | 'first-use' {
  if (pinned === undefined) return given === undefined ? (offer.roots ?? 'first-use') : [given]
  if (given !== undefined && !holds(pinned, given)) throw rootChanged(pinned, given)
  return pinned
}

function openTrusted(
  pack: Uint8Array,
  roots: Roots | 'first-use',
  { pinned, now }: { readonly pinned: Roots | undefined; readonly now: Instant },
): Pack {
  try {
    return openPack(pack, roots, now)
  } catch (error) {
    if (pinned === undefined || !(error instanceof ActivationError)) throw error
    const named = openPack(pack, 'first-use', now).root
    throw holds(pinned, named) ? error : rootChanged(pinned, named)
  }
}

function refuseOlder(place: VendorPlace, id: string, { number }: Pack): void {
  const known = installedNumber(place, id)
  if (known === undefined || number >= known) return
  const message = `pack ${String(number)} is older than pack ${String(known)}, which is installed: take the newest one`
  throw new ActivationError('PACK_OLDER', message)
}

/** A pack that is damaged is replaced by none that is older than it was; with its record gone, too, nothing is known of it. */
function installedNumber(place: VendorPlace, id: string): number | undefined {
  if (!isInstalled(place, id)) return undefined
  try {
    return readVendor(place, id).pack.number
  } catch (error) {
    if (!(error instanceof ActivationError) || error.code === 'VENDORS_UNPROTECTED') throw error
    return knownRecords(vendorFiles(place, id))[0]?.number
  }
}

/** The record of the pack that lies there, for as long as it does; of a damaged one the newest that is known. */
function lyingRecord(files: VendorFiles): readonly PackRecord[] {
  const records = knownRecords(files)
  if (records.length === 0 || !existsSync(files.pack)) return []
  const lying = records.filter((record) => isOf(record, readFileSync(files.pack)))
  return lying.length > 0 ? lying : records.slice(0, 1)
}

function knownRecords(files: VendorFiles): readonly PackRecord[] {
  try {
    return existsSync(files.record) ? readRecords(files) : []
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    return []
  }
}

function holds(roots: Roots, root: Certificate): boolean {
  return roots.some(({ der }) => equal(der, root.der))
}

function rootChanged(pinned: Roots, other: Certificate): ActivationError {
  const message =
    `this vendor is known here with the root ${pinned.map(rootFingerprint).join(', ')}, and not with ` +
    `${rootFingerprint(other)}: nothing was installed; ask the vendor on another way before you go on`
  return new ActivationError('ROOT_CHANGED', message)
}

interface Content {
  readonly offer: Offer
  readonly roots: Roots
  readonly record: PackRecord
}

/** Public, but for nobody else to change. The pack comes last: a vendor is there when its pack is. */
function write(place: VendorPlace, files: VendorFiles, { offer, roots, record }: Content): void {
  makeFolder(place, files)
  publish(place, files.roots, utf8(roots.map(({ der }) => encodePem('CERTIFICATE', der)).join('')))
  publish(place, files.record, encodeRecords([record, ...lyingRecord(files)]))
  publish(place, files.pack, offer.pack)
}

function publish(place: VendorPlace, path: string, bytes: Uint8Array): void {
  const mode = 0o644
  writeDurably(path, bytes, { mode })
  open(place, path, mode)
}

/** What is the whole machine's can be read by all of it, whatever umask the administrator has. */
function open({ protection }: VendorPlace, path: string, mode: number): void {
  if (protection === 'system') chmodSync(path, mode)
}

function makeFolder(place: VendorPlace, { dir }: VendorFiles): void {
  try {
    const mode = 0o755
    const first = mkdirSync(dir, { recursive: true, mode }) ?? `${dir}/`
    for (let made = dir; made.length >= first.length; made = dirname(made)) open(place, made, mode)
    syncFolder(dirname(dir))
    syncFolder(dirname(dirname(dir)))
  } catch (error) {
    throw fileError(error, 'write', dir)
  }
  if (place.protection === 'system') requireProtected(dir)
}
