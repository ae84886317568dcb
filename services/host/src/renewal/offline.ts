import { existsSync } from 'node:fs'
import { equal, toHex } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { decodeMessage, type Message } from '@volact/core/wire/message'
import { encodeMessageFile, parseMessageFile } from '@volact/core/wire/message-file'
import { type Certificate, parseCertificate } from '@volact/core/x509/certificate'
import { openKeyFile } from '@volact/keys/key-file'
import { completeActivation, installNewerPack } from '../activate-host.ts'
import type { HardwareProbe } from '../activation/hardware.ts'
import { installActivation } from '../activation/install-activation.ts'
import { prepareActivation } from '../activation/prepare.ts'
import { activationFiles } from '../folder/files.ts'
import { chooseVendor, openVendor, type Vendor, vendorIds } from '../folder/vendor.ts'
import { withHostFolder } from '../folder/with-host-folder.ts'
import { completeRenewal, openForRenewal, questionFor, refusalError, type RenewedHost } from './renew-host.ts'
import { prepareRenewal } from './renewal-request.ts'

export interface RequestHostOptions {
  readonly vendor?: string
  readonly now: Instant
  readonly probe: HardwareProbe
  /** A new activation with a new log also where there is a certificate that could be renewed. */
  readonly again?: boolean
}

/** What a file asks the authority for. */
export interface HostRequestFile {
  readonly vendor: string
  readonly asks: 'activation' | 'renewal'
  readonly file: Uint8Array
}

/** What an answer from the authority has brought. */
export type AppliedAnswer = { readonly kind: 'activated' | 'renewed' } & RenewedHost

/** Writes what the authority is to answer, for a host without a network: a first certificate, or the renewal of the one there is. */
export function requestByFile(dir: string, options: RequestHostOptions): Promise<HostRequestFile> {
  return withHostFolder(dir, async (path) => {
    const vendor = chooseVendor(path, options.vendor)
    const asks = existsSync(vendor.files.chain) && options.again !== true ? 'renewal' : 'activation'
    const message =
      asks === 'activation' ? await prepareActivation(path, vendor, options) : await renewal(vendor, options)
    return { vendor: vendor.id, asks, file: encodeMessageFile([message]) }
  })
}

/** Puts the answers of a file into place: those that are for keys of this host. Throws a refusal where nothing else is for it. */
export function applyFile(
  dir: string,
  file: Uint8Array,
  { now }: { readonly now: Instant },
): Promise<readonly AppliedAnswer[]> {
  const messages = parseMessageFile(file).map(decodeMessage)
  return withHostFolder(dir, async (path) => {
    const applied: AppliedAnswer[] = []
    for (const message of messages) {
      const done = await apply(path, message, now)
      if (done !== undefined) applied.push(done)
    }
    if (applied.length > 0) return applied
    const refusal = messages.find((message) => message.kind === 'refusal')
    if (refusal !== undefined) throw refusalError(refusal)
    throw new ActivationError('LEASE_MISMATCH', 'the file answers no open request of this host: write a new one')
  })
}

async function renewal(vendor: Vendor, { now }: RequestHostOptions): Promise<Uint8Array> {
  const activated = openForRenewal(vendor)
  try {
    const prepared = await prepareRenewal(vendor.files, activated, now)
    return questionFor(vendor, activated, prepared, { told: undefined, now })
  } finally {
    activated.ledger.close()
  }
}

async function apply(path: string, message: Message, now: Instant): Promise<AppliedAnswer | undefined> {
  if (message.kind !== 'host-activated' && message.kind !== 'host-renewed') return undefined
  const isRenewal = message.kind === 'host-renewed'
  const leaf = parseCertificate(message.chain[0] ?? new Uint8Array())
  const vendor = vendorIds(path)
    .map((id) => openVendor(path, id))
    .find(({ files }) => isFor(leaf, isRenewal ? files.renewal : files.activation))
  if (vendor === undefined) return undefined
  const done = isRenewal ? await renew(vendor, message, now) : await activate(vendor, message, now)
  installNewerPack(path, vendor, message, now)
  return { kind: isRenewal ? 'renewed' : 'activated', ...done }
}

/** Answers one open request: whose key it has. */
function isFor({ publicKey }: Certificate, prepared: string): boolean {
  const { signingKey } = activationFiles(prepared)
  return existsSync(signingKey) && equal(openKeyFile(signingKey).publicKey.bytes, publicKey.bytes)
}

async function renew(
  vendor: Vendor,
  answer: { readonly chain: readonly Uint8Array[] },
  now: Instant,
): Promise<RenewedHost> {
  const activated = openForRenewal(vendor)
  try {
    const signer = openKeyFile(activationFiles(vendor.files.renewal).signingKey)
    return await completeRenewal(vendor, activated, { signer }, answer, now)
  } finally {
    activated.ledger.close()
  }
}

async function activate(
  vendor: Vendor,
  { chain }: { readonly chain: readonly Uint8Array[] },
  now: Instant,
): Promise<RenewedHost> {
  const { entitlement, notAfter } = await completeActivation(vendor, chain, now)
  installActivation(vendor.files)
  return { vendor: vendor.id, customer: entitlement.customer, logId: toHex(entitlement.logId), notAfter }
}
