import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import type { Signer } from '@volact/core/crypto'
import { thumbprint } from '@volact/core/cose/key'
import { equal } from '@volact/core/bytes'
import { encodeEntry, parseEntry } from '@volact/core/document/ledger-entry'
import { encodeReceipt } from '@volact/core/document/receipt'
import { readRenewal, renewalAct, renewalArguments } from '@volact/core/document/renewal-entry'
import { takeOverIndex } from '@volact/core/document/spare'
import { type SignedTreeHead, signTreeHead } from '@volact/core/document/tree-head'
import type { Instant } from '@volact/core/time'
import type { RenewHostMessage } from '@volact/core/wire/host-renewal-messages'
import { createHostRequest } from '@volact/keys/host-request'
import { createKeyFile, openKeyFile } from '@volact/keys/key-file'
import type { Activated } from '../folder/activated.ts'
import { activationFiles, type VendorFiles } from '../folder/files.ts'
import { timeToWrite } from '../folder/time-to-write.ts'
import type { StoredRecovery } from '../recovery/recoveries.ts'
import { hostVersion } from '../version.ts'

/** What a renewal is asked for with: the new key, and the entry by which the old one vouches for it (rule 4). */
export interface PreparedRenewal {
  readonly signer: Signer
  readonly index: number
  readonly entry: Uint8Array
}

/** Makes the new key, or takes the one of an earlier try, and writes its entry into the ledger unless it is the last one already. */
export async function prepareRenewal(
  files: VendorFiles,
  { ledger }: Pick<Activated, 'ledger'>,
  now: Instant,
): Promise<PreparedRenewal> {
  const signer = newKey(files)
  const last = ledger.entry(ledger.size - 1)
  const vouched = last && readRenewal(parseEntry(last))
  if (last !== undefined && vouched !== undefined && equal(vouched, thumbprint(signer.publicKey))) {
    return { signer, index: ledger.size - 1, entry: last }
  }
  const index = ledger.size
  const time = timeToWrite(files, ledger, now)
  const said = { act: renewalAct, arguments: renewalArguments(signer.publicKey), cti: new Uint8Array(randomBytes(16)) }
  const entry = encodeEntry({ kind: 'administrative', index, time, ...said })
  await ledger.append([entry])
  return { signer, index, entry }
}

/** Writes the question to the authority, with consistency from a size, and the recovery that explains why there is none. */
export function renewalRequest(
  { signer: old, certificate, ledger }: Activated,
  { signer, index, entry }: PreparedRenewal,
  {
    from,
    recovery,
    now,
  }: { readonly from: number; readonly recovery: StoredRecovery | undefined; readonly now: Instant },
): RenewHostMessage {
  const { logId } = certificate.entitlement
  const time = Math.max(now, ledger.lastTime)
  const { size } = ledger
  const signed = signTreeHead({ size, time, logId, x5t: certificate.leaf.fingerprint, root: ledger.root() }, old)
  const receipt = (place: number, since: number): Uint8Array => receiptOf(ledger, signed, place, since)
  return {
    ...{ kind: 'renew-host', version: hostVersion, entry, receipt: receipt(index, from) },
    request: createHostRequest({ subject: 'Volact host', signer, logId }),
    ...takenOver(ledger, certificate, receipt),
    ...(recovery && { recovery: { entry: recovery.entry, receipt: receipt(recovery.index, recovery.kept) } }),
  }
}

/** A spare shows how it has taken over: that it is confirmed for (rule 47). */
function takenOver(
  ledger: Activated['ledger'],
  { entitlement }: Activated['certificate'],
  receipt: (place: number, since: number) => Uint8Array,
): Pick<RenewHostMessage, 'takeOver'> {
  const entry = entitlement.spareFor && ledger.entry(takeOverIndex)
  return entry === undefined ? {} : { takeOver: { entry, receipt: receipt(takeOverIndex, ledger.size) } }
}

function receiptOf(ledger: Activated['ledger'], signed: SignedTreeHead, index: number, from: number): Uint8Array {
  const { size } = signed.head
  const consistency = from < size ? { from, path: ledger.consistency(from, size) } : undefined
  return encodeReceipt(signed, { index, path: ledger.inclusion(index, size) }, consistency)
}

function newKey(files: VendorFiles): Signer {
  const { signingKey } = activationFiles(files.renewal)
  if (existsSync(signingKey)) return openKeyFile(signingKey)
  mkdirSync(files.renewal, { recursive: true, mode: 0o700 })
  return createKeyFile(signingKey, 'ESP256')
}
