import { existsSync, renameSync, rmSync } from 'node:fs'
import { syncFolder } from '@volact/files/durable'
import { readCertificates } from '../folder/certificates.ts'
import { keepEarlier } from '../folder/earlier.ts'
import { activationFiles, type VendorFiles } from '../folder/files.ts'

/** Puts a renewed certificate and its key into place. Its one decisive step is a rename; whatever opens the folder later does the rest. */
export function installRenewal(files: VendorFiles): void {
  renameSync(files.renewal, files.renewed)
  syncFolder(files.dir)
  finishRenewal(files)
}

/** Moves what a decided renewal made to its place, from wherever a crash has interrupted that. Nothing is signed with the old key any more. */
export function finishRenewal(files: VendorFiles): void {
  if (!existsSync(files.renewed)) return
  const fresh = activationFiles(files.renewed)
  // The old certificate is kept before its key is replaced; certificate and key are each replaced in one step.
  if (existsSync(fresh.signingKey)) {
    keepEarlier(files, readCertificates(files.chain)[0])
    renameSync(fresh.signingKey, files.signingKey)
    syncFolder(files.dir)
  }
  if (existsSync(fresh.chain)) renameSync(fresh.chain, files.chain)
  syncFolder(files.dir)
  rmSync(files.renewed, { recursive: true })
}
