import { existsSync, renameSync, rmSync } from 'node:fs'
import { toHex } from '@volact/core/bytes'
import { entitlementOf } from '@volact/core/document/entitlement'
import { syncFolder } from '@volact/files/durable'
import { readCertificates } from '../folder/certificates.ts'
import { activationFiles, type VendorFiles } from '../folder/files.ts'

/** Puts a finished activation into place. Its one decisive step is a rename; whatever opens the folder later does the rest. */
export function installActivation(files: VendorFiles): void {
  renameSync(files.activation, files.activated)
  syncFolder(files.dir)
  finishActivation(files)
}

/**
 * Moves what a decided activation made to its place, from wherever a crash has interrupted that. The ledger before it is kept
 * aside under its log ID; its signing key is not: nothing may be signed with it any more.
 */
export function finishActivation(files: VendorFiles): void {
  if (!existsSync(files.activated)) return
  const fresh = activationFiles(files.activated)
  if (existsSync(fresh.ledger)) {
    if (existsSync(files.ledger)) renameSync(files.ledger, asideName(files))
    renameSync(fresh.ledger, files.ledger)
    rmSync(files.renewal, { recursive: true, force: true })
    for (const path of [
      files.forkEvidence,
      files.recoveries,
      files.restored,
      files.earlier,
      files.witnessed,
      files.responded,
      files.hardwareGrace,
    ])
      rmSync(path, { force: true })
  }
  if (existsSync(fresh.signingKey)) renameSync(fresh.signingKey, files.signingKey)
  if (existsSync(fresh.chain)) renameSync(fresh.chain, files.chain)
  syncFolder(files.dir)
  rmSync(files.activated, { recursive: true })
}

function asideName({ ledger, chain }: VendorFiles): string {
  const [leaf] = readCertificates(chain)
  const name = `${ledger}-${toHex(entitlementOf(leaf).logId).slice(0, 8)}`
  return existsSync(name) ? `${name}-${toHex(leaf.fingerprint).slice(0, 8)}` : name
}
