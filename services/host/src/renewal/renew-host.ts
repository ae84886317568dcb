import { toHex } from '@volact/core/bytes'
import type { Signer } from '@volact/core/crypto'
import { encodeCheckpoint } from '@volact/core/document/checkpoint'
import { encodeEntry } from '@volact/core/document/ledger-entry'
import { signTreeHead } from '@volact/core/document/tree-head'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import type { HostRenewedMessage } from '@volact/core/wire/host-renewal-messages'
import { encodeMessage } from '@volact/core/wire/message'
import type { RefusalMessage } from '@volact/core/wire/refusal'
import { parseCertificate } from '@volact/core/x509/certificate'
import { askControl } from '@volact/files/control-socket'
import { openFolder } from '@volact/files/data-folder'
import { openKeyFile } from '@volact/keys/key-file'
import { askAuthorityAnything } from '../activation/ask-authority.ts'
import { freshlyIssued, type HostCertificate, openHostCertificate } from '../activation/host-certificate.ts'
import { identityOf } from '../activation/identity.ts'
import type { Alone } from '../alone.ts'
import { type Activated, openActivated } from '../folder/activated.ts'
import { writeCertificates } from '../folder/certificates.ts'
import { activationFiles } from '../folder/files.ts'
import { lastHeadTime } from '../folder/last-head-time.ts'
import { chooseVendor, type Vendor } from '../folder/vendor.ts'
import { timeToWrite } from '../folder/time-to-write.ts'
import { withHostFolder } from '../folder/with-host-folder.ts'
import { installNewerPack } from '../activate-host.ts'
import { openRecoveries } from '../recovery/recoveries.ts'
import { installRenewal } from './install-renewal.ts'
import { prepareRenewal, type PreparedRenewal, renewalRequest } from './renewal-request.ts'
import { readAsked, readWitnessed, writeAsked, writeWitnessed } from './witnessed.ts'

export interface RenewHostOptions {
  /** An https URL; without it, the one that the starter file named. */
  readonly authority?: string
  /** Needed only where the host has several vendors. */
  readonly vendor?: string
  readonly now: Instant
}

/** A renewed certificate. */
export interface RenewedHost {
  readonly vendor: string
  readonly customer: string
  readonly logId: string
  /** Last second of the certificate chain. */
  readonly notAfter: Instant
}

/**
 * Renews the certificate of a host: the ledger is kept, the signing key is new, and the authority sees a proof that the ledger has only
 * grown since it saw it last (rule 6). It costs no activation. A host that runs does it itself, drops nobody, and serves under the new
 * certificate at once. Throws the authority's refusal by its code.
 */
export async function renewHost(dir: string, { now, ...choice }: RenewHostOptions): Promise<RenewedHost> {
  const asked = await askControl(openFolder(dir, 'host').path, { verb: 'renew', ...choice })
  // What answers there is a host of this folder's owner, and of the version that runs here.
  if (asked !== undefined) return asked.answer as RenewedHost
  return withHostFolder(dir, (path) => renewFolder(path, { ...choice, now: () => now }, async (act) => act()))
}

/** The same in a folder whose lock is held; `alone` gives the moments in which its ledger is open to nobody else. */
export async function renewFolder(
  path: string,
  { now, ...choice }: Omit<RenewHostOptions, 'now'> & { readonly now: () => Instant },
  alone: Alone,
): Promise<RenewedHost> {
  const vendor = chooseVendor(path, choice.vendor)
  const authority = choice.authority ?? vendor.authority
  if (authority === undefined) {
    throw new ActivationError('USAGE', 'the address of the authority is not known: give it with --authority URL')
  }
  const ask = (told: number | undefined): Promise<Uint8Array> =>
    alone(() =>
      withLedger(vendor, async (activated) => {
        const prepared = await prepareRenewal(vendor.files, activated, now())
        return questionFor(vendor, activated, prepared, { told, now: now() })
      }),
    )
  const answer = await askUntilShown(authority, vendor, ask)
  return alone(async () => {
    const renewed = await withLedger(vendor, (activated) => {
      const signer = openKeyFile(activationFiles(vendor.files.renewal).signingKey)
      return completeRenewal(vendor, activated, { signer }, answer, now())
    })
    installNewerPack(path, vendor, answer, now())
    return renewed
  })
}

async function withLedger<T>(vendor: Vendor, act: (activated: Activated) => Promise<T>): Promise<T> {
  const activated = openForRenewal(vendor)
  try {
    return await act(activated)
  } finally {
    activated.ledger.close()
  }
}

/** Opens what is to be renewed. `HOST_NOT_ACTIVATED`. */
export function openForRenewal(vendor: Vendor): Activated {
  const activated = openActivated(vendor)
  if (activated !== undefined) return activated
  throw new ActivationError('HOST_NOT_ACTIVATED', 'this host has no certificate yet: run "volact host activate" first')
}

/** Says to the authority what it can be shown of what it saw: what the host remembers, or what the refusal before has told. */
export function questionFor(
  vendor: Vendor,
  activated: Activated,
  prepared: PreparedRenewal,
  { told, now }: { readonly told: number | undefined; readonly now: Instant },
): Uint8Array {
  const from = told ?? readWitnessed(vendor.files)
  const recovery = openRecoveries(vendor.files.recoveries, activated.ledger).all.findLast(({ kept }) => kept < from)
  writeAsked(vendor.files, activated.ledger.size)
  return encodeMessage(renewalRequest(activated, prepared, { from, recovery, now }))
}

async function askUntilShown(
  authority: string,
  vendor: Vendor,
  ask: (told: number | undefined) => Promise<Uint8Array>,
): Promise<HostRenewedMessage> {
  let told: number | undefined
  for (;;) {
    const answer = await askAuthorityAnything(authority, await ask(told), vendor.root)
    if (answer.kind === 'host-renewed') return answer
    if (answer.kind !== 'refusal') {
      throw new ActivationError('MALFORMED', `the authority answers with a message of kind "${answer.kind}"`)
    }
    const witnessed = answer.code === 'CONSISTENCY_FAILED' && told === undefined ? answer.detail?.witnessed : undefined
    if (witnessed === undefined) throw refusalError(answer)
    told = witnessed
  }
}

/** The authority's no, as a failure. */
export function refusalError({ code, text, detail }: RefusalMessage): ActivationError {
  return new ActivationError(code, text, { data: { ...detail } })
}

/** Checks the new certificate, writes the entry that says so, and puts it into place; the head is then signed with the new key. */
export async function completeRenewal(
  vendor: Vendor,
  activated: Activated,
  { signer }: Pick<PreparedRenewal, 'signer'>,
  { chain }: Pick<HostRenewedMessage, 'chain'>,
  now: Instant,
): Promise<RenewedHost> {
  const { files, root, id } = vendor
  const { ledger } = activated
  const [leaf, ...others] = chain.map(parseCertificate)
  if (leaf === undefined) throw new ActivationError('CHAIN_INVALID', 'the authority sent no certificate')
  const identity = { ...identityOf(ledger), signingKey: signer.publicKey }
  const certificate = openHostCertificate([leaf, ...others], root, identity, freshlyIssued(leaf, now))
  const index = ledger.size
  const time = Math.max(timeToWrite(files, ledger, now), lastHeadTime(ledger, activated.signer.publicKey))
  const entry = { kind: 'certificate', index, time, x5t: leaf.fingerprint, notAfter: certificate.notAfter } as const
  await ledger.append([encodeEntry(entry)])
  writeCertificates(activationFiles(files.renewal).chain, certificate.chain)
  writeWitnessed(files, readAsked(files))
  installRenewal(files)
  signHead(activated, certificate, signer, time)
  const { customer, logId } = certificate.entitlement
  return { vendor: id, customer, logId: toHex(logId), notAfter: certificate.notAfter }
}

function signHead({ ledger }: Activated, { leaf, entitlement }: HostCertificate, signer: Signer, time: Instant): void {
  const head = { size: ledger.size, time, logId: entitlement.logId, x5t: leaf.fingerprint, root: ledger.root() }
  ledger.writeHead(encodeCheckpoint(signTreeHead(head, signer)))
}
