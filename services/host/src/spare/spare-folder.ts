import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { equal } from '@volact/core/bytes'
import { entitlementOf } from '@volact/core/document/entitlement'
import { readLimited } from '@volact/files/read-limited'
import { openFolder } from '@volact/files/data-folder'
import { writeDurably } from '@volact/files/durable'
import { createKeyFile } from '@volact/keys/key-file'
import type { Instant } from '@volact/core/time'
import { readCertificates, writeCertificates } from '../folder/certificates.ts'
import { fileLimits, hostFiles, vendorFiles } from '../folder/files.ts'
import { readHostRecord, writeHostRecord } from '../folder/host-record.ts'
import type { Vendor } from '../folder/vendor.ts'

/**
 * Makes the folder of a spare in the one of the host that it is to stand in for, beside the running host: the same vendor, host key and
 * recovery key, but signing and note key of its own. Goes on where it was when it was killed.
 */
export function makeSpareFolder(hostDir: string, vendor: Vendor, now: Instant): string {
  const { files, id } = vendor
  dropForAnotherLog(vendor)
  const { path } = openFolder(files.spare, 'host', { create: true })
  const [own, its] = [hostFiles(hostDir), hostFiles(path)]
  if (!existsSync(its.noteKey)) createKeyFile(its.noteKey, 'Ed25519')
  const { recoveryKey } = readHostRecord(own.record)
  writeHostRecord(its.record, { created: now, recoveryKey })
  const to = vendorFiles(path, id)
  mkdirSync(to.dir, { recursive: true, mode: 0o700 })
  writeCertificates(to.predecessor, readCertificates(files.chain))
  for (const name of ['root', 'record', 'hostKey', 'pack'] as const) copyFile(files[name], to[name], name)
  return path
}

/** The host was activated anew since an earlier try: nobody could stand in for its old ledger. */
function dropForAnotherLog({ files, id }: Vendor): void {
  const { predecessor } = vendorFiles(files.spare, id)
  if (!existsSync(predecessor)) return
  if (!equal(logOf(predecessor), logOf(files.chain))) rmSync(files.spare, { recursive: true })
}

function logOf(chain: string): Uint8Array {
  return entitlementOf(readCertificates(chain)[0]).logId
}

function copyFile(from: string, to: string, name: 'root' | 'record' | 'hostKey' | 'pack'): void {
  if (existsSync(from)) writeDurably(to, readLimited(from, limits[name], `the ${name} of the host`))
}

const limits = {
  root: fileLimits.certificates,
  record: fileLimits.record,
  hostKey: 256,
  pack: fileLimits.pack,
} as const
