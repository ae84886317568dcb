import { fromHex, toHex } from '@volact/core/bytes'
import type { Signer } from '@volact/core/crypto'
import { encodeCheckpoint } from '@volact/core/document/checkpoint'
import { encodeEntry } from '@volact/core/document/ledger-entry'
import { signTreeHead } from '@volact/core/document/tree-head'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import type { HostActivatedMessage } from '@volact/core/wire/host-activation-messages'
import { type Certificate, parseCertificate } from '@volact/core/x509/certificate'
import { askControl } from '@volact/files/control-socket'
import { openFolder } from '@volact/files/data-folder'
import { openKeyFile } from '@volact/keys/key-file'
import type { Ledger } from '@volact/ledger/ledger'
import { openLedger } from '@volact/ledger/open-ledger'
import { askAuthority } from './activation/ask-authority.ts'
import type { HardwareProbe } from './activation/hardware.ts'
import { freshlyIssued, type HostCertificate, openHostCertificate } from './activation/host-certificate.ts'
import { identityOf } from './activation/identity.ts'
import { finishActivation, installActivation } from './activation/install-activation.ts'
import { prepareActivation } from './activation/prepare.ts'
import type { Alone } from './alone.ts'
import { writeCertificates } from './folder/certificates.ts'
import { activationFiles } from './folder/files.ts'
import { chooseVendor, type Vendor } from './folder/vendor.ts'
import { withHostFolder } from './folder/with-host-folder.ts'
import { installOffer } from './install-pack.ts'

export interface ActivateHostOptions {
  /** An https URL; without it, the one that the starter file named. */
  readonly authority?: string
  /** Needed only where the host has several vendors. */
  readonly vendor?: string
  readonly now: Instant
  /** A host that runs takes its own. */
  readonly probe: HardwareProbe
}

export interface ActivatedHost {
  readonly vendor: string
  readonly customer: string
  readonly logId: Uint8Array
  /** Last second of the certificate chain. */
  readonly notAfter: Instant
  /** How many more hosts the key activates, and how often more this host. */
  readonly hostsLeft: number
  readonly activationsLeft: number
}

/**
 * Activates this host with its vendor: makes a signing key and a ledger, asks the authority for a certificate, checks it,
 * and puts all into place at once. Killed at any moment, it goes on where it was when run again, for one activation of the
 * key. A host that was activated before gets a new log (rule 6); its old ledger is kept aside. A host that runs does it itself, drops nobody,
 * and serves from the new ledger at once.
 */
export async function activateHost(dir: string, options: ActivateHostOptions): Promise<ActivatedHost> {
  const { authority, vendor } = options
  const choice = { ...(authority !== undefined && { authority }), ...(vendor !== undefined && { vendor }) }
  const asked = await askControl(openFolder(dir, 'host').path, { verb: 'activate', ...choice })
  if (asked === undefined) {
    return withHostFolder(dir, (path) => activateFolder(path, options, async (act) => act()))
  }
  // What answers there is a host of this folder's owner, and of the version that runs here.
  const told = asked.answer as ToldActivation
  return { ...told, logId: fromHex(told.logId) }
}

/** An activation as JSON has it. */
export type ToldActivation = Omit<ActivatedHost, 'logId'> & { readonly logId: string }

/** Tells of an activation in JSON. */
export function tellActivation(activated: ActivatedHost): ToldActivation {
  return { ...activated, logId: toHex(activated.logId) }
}

/** The same in a folder whose lock is held; `alone` gives the moment in which the new ledger takes the place of the old one. */
export async function activateFolder(path: string, options: ActivateHostOptions, alone: Alone): Promise<ActivatedHost> {
  const vendor = chooseVendor(path, options.vendor)
  const { files, id } = vendor
  finishActivation(files)
  const authority = options.authority ?? vendor.authority
  if (authority === undefined) {
    throw new ActivationError('USAGE', 'the address of the authority is not known: give it with --authority URL')
  }
  const request = await prepareActivation(path, vendor, options)
  const answer = await askAuthority(authority, request, vendor.root)
  const { entitlement, notAfter } = await completeActivation(vendor, answer.chain, options.now)
  await alone(() => {
    installActivation(files)
    installNewerPack(path, vendor, answer, options.now)
  })
  const { customer, logId } = entitlement
  const { hostsLeft, activationsLeft } = answer
  return { vendor: id, customer, logId, notAfter, hostsLeft, activationsLeft }
}

/**
 * Checks the chain for a prepared activation and writes it beside signing key and ledger, with the entry that says so and
 * the first signed head. Twice does no harm.
 */
export async function completeActivation(
  { files, root }: Vendor,
  chain: readonly Uint8Array[],
  now: Instant,
): Promise<HostCertificate> {
  const prepared = activationFiles(files.activation)
  const ledger = openLedger(prepared.ledger)
  try {
    const parsed = parseChain(chain)
    const certificate = openHostCertificate(parsed, root, identityOf(ledger), freshlyIssued(parsed[0], now))
    const time = Math.max(now, ledger.lastTime)
    if (ledger.size === 1) await ledger.append([certificateEntry(certificate, time)])
    signFirstHead(ledger, certificate, openKeyFile(prepared.signingKey), time)
    writeCertificates(prepared.chain, certificate.chain)
    return certificate
  } finally {
    ledger.close()
  }
}

function parseChain(chain: readonly Uint8Array[]): readonly [Certificate, ...Certificate[]] {
  const [leaf, ...others] = chain.map(parseCertificate)
  if (leaf === undefined) throw new ActivationError('CHAIN_INVALID', 'the authority sent no certificate')
  return [leaf, ...others]
}

function certificateEntry({ leaf, notAfter }: HostCertificate, time: Instant): Uint8Array {
  return encodeEntry({ kind: 'certificate', index: 1, time, x5t: leaf.fingerprint, notAfter })
}

function signFirstHead(ledger: Ledger, { leaf, entitlement }: HostCertificate, signer: Signer, time: Instant): void {
  const head = { size: ledger.size, time, logId: entitlement.logId, x5t: leaf.fingerprint, root: ledger.root() }
  ledger.writeHead(encodeCheckpoint(signTreeHead(head, signer)))
}

/** The answer brings the newest pack. A host that has a newer one by another way keeps it. */
export function installNewerPack(
  hostDir: string,
  vendor: Vendor,
  { pack }: Pick<HostActivatedMessage, 'pack'>,
  now: Instant,
): void {
  try {
    installOffer(hostDir, { bytes: pack }, { now, root: vendor.root })
  } catch (error) {
    if (!(error instanceof ActivationError) || error.code !== 'PACK_OLDER') throw error
  }
}
