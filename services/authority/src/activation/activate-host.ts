import { toHex } from '@volact/core/bytes'
import type { Contacts } from '@volact/core/catalog/catalog'
import { ActivationError } from '@volact/core/errors/activation-error'
import { expectKind } from '@volact/core/product-key/expect-kind'
import { parseProductKey } from '@volact/core/product-key/parse-product-key'
import { keyDigest } from '@volact/core/product-key/product-key'
import type { Duration, Instant } from '@volact/core/time'
import type { ActivateHostMessage, HostActivatedMessage } from '@volact/core/wire/host-activation-messages'
import { makeHostCertificate } from '@volact/keys/certificate-maker'
import { audit } from '../database/audit.ts'
import type { Database } from '../database/open-authority-database.ts'
import { afterAgreement, firstInstant, spareCertificate } from '../folder/lifetimes.ts'
import type { Signers } from '../folder/open-signers.ts'
import { type CurrentPack, currentPack } from '../packs/apply-catalog.ts'
import { checkSpare } from '../spare/predecessor.ts'
import { addSpare } from '../spare/spare-rows.ts'
import { decideHostActivation, type HostDecision, type Remaining } from './decide-host-activation.ts'
import { hostEntitlement } from './host-entitlement.ts'
import { addHost, findCertificate, findHostKey, findHosts, type HostKey, updateHost } from './host-rows.ts'
import { type ProvenHostRequest, readHostRequest } from './read-host-request.ts'
import type { WrongTries } from './wrong-tries.ts'

/** What an activation depends on beside the message. */
export interface HostActivationContext {
  readonly signers: Signers
  readonly now: Instant
  /** Where the question came from, for the audit and the limit on wrong keys (rule 52). */
  readonly address: string
  readonly wrongTries: WrongTries
}

/** A refusal with its reason, and how long to wait before asking again, in seconds. */
export interface HostRefusal {
  readonly kind: 'refusal'
  readonly code: ActivationError['code']
  readonly text: string
  readonly retryAfter?: Duration
}

/** What the answer to a host may be. */
export type HostAnswer = HostActivatedMessage | HostRefusal

/**
 * Activates a host: decides, stores, issues the certificate and writes the audit, all in one transaction, so that a
 * certificate that leaves was counted. Throws `KEY_INVALID` for a key that was never issued, and what `readHostRequest`
 * throws.
 */
export async function activateHost(
  db: Database,
  message: ActivateHostMessage,
  context: HostActivationContext,
): Promise<HostAnswer> {
  const digest = readDigest(message.hostKey, context)
  return db.transaction().execute(async (transaction) => {
    // Transactions come one after another, so that many tries at once pass this line one after another, too.
    const wait = context.wrongTries.wait(context.address, context.now)
    if (wait > 0) return busy(wait)
    const key = await findHostKey(transaction, digest)
    if (key === undefined)
      throw wrongKey(new ActivationError('KEY_INVALID', 'no host key like this was issued here'), context)
    const request = readHostRequest(message.request, message.entry)
    const pack = await currentPack(transaction)
    if (pack === undefined) throw new Error('a host key without a catalog')
    await checkSpare(transaction, request, { key, now: context.now })
    const decision = await decide(transaction, { key, request, virtual: message.virtual, pack }, context)
    return carryOut(transaction, decision, { key, request, pack, version: message.version }, context)
  })
}

function readDigest(hostKey: string, context: HostActivationContext): Uint8Array {
  try {
    return keyDigest(expectKind(parseProductKey(hostKey), 'host'))
  } catch (error) {
    throw wrongKey(error, context)
  }
}

function wrongKey(error: unknown, { wrongTries, address, now }: HostActivationContext): unknown {
  wrongTries.record(address, now)
  return error
}

function busy(retryAfter: Duration): HostRefusal {
  return { kind: 'refusal', code: 'BUSY', text: 'too many wrong host keys came from this address', retryAfter }
}

interface Asked {
  readonly key: HostKey
  readonly request: ProvenHostRequest
  readonly pack: CurrentPack
}

async function decide(
  db: Database,
  { key, request, pack, virtual }: Asked & { readonly virtual: boolean },
  { now }: HostActivationContext,
): Promise<HostDecision> {
  const { logId, entry } = request
  const known = await findCertificate(db, logId)
  if (known !== undefined && known.serial !== key.serial) {
    const text = 'this log has a certificate under another host key already: activate with that key, or start a new log'
    return { outcome: 'refused', code: 'LOG_MISMATCH', text }
  }
  const asking = { logId, hardware: entry.hardware, virtual, spare: entry.predecessor !== undefined }
  const contact = contactText(pack.catalog.vendor.contacts)
  return decideHostActivation({ key, hosts: await findHosts(db, key.serial), asking, contact, now })
}

type Carried = Asked & { readonly version: string }

async function carryOut(
  db: Database,
  decision: HostDecision,
  asked: Carried,
  context: HostActivationContext,
): Promise<HostAnswer> {
  const { key, request } = asked
  const { now, address } = context
  const facts = { serial: key.serial, log: toHex(request.logId), address }
  switch (decision.outcome) {
    case 'refused':
      await audit(db, now, 'host-refused', { ...facts, code: decision.code })
      return { kind: 'refusal', code: decision.code, text: decision.text }
    case 'repeated':
      await audit(db, now, 'host-activation-repeated', facts)
      return answer(await certificateOf(db, request.logId), asked, decision, context)
    case 'known-host':
      await updateHost(db, decision.host, request.entry.hardware)
      await audit(db, now, 'host-activated', { ...facts, host: decision.host })
      return answer(await issue(db, decision.host, asked, context), asked, decision, context)
    case 'new-host': {
      const host = await addHost(db, { serial: key.serial, hardware: request.entry.hardware, now })
      await audit(db, now, 'host-activated', { ...facts, host })
      return answer(await issue(db, host, asked, context), asked, decision, context)
    }
  }
}

async function certificateOf(db: Database, logId: Uint8Array): Promise<Uint8Array> {
  const found = await findCertificate(db, logId)
  if (found === undefined) throw new Error('a log that was activated has no certificate')
  return found.certificate
}

async function issue(
  db: Database,
  host: number,
  { key, request, pack, version }: Carried,
  { signers, now }: HostActivationContext,
): Promise<Uint8Array> {
  const { issuing, purpose } = signers
  const { predecessor } = request.entry
  const ends = [key.terms.agreementEnds + afterAgreement, issuing.certificate.notAfter]
  const notAfter = Math.min(...ends, ...(predecessor === undefined ? [] : [now + spareCertificate]))
  const certificate = makeHostCertificate(
    {
      name: hostName(key, request, purpose === 'test'),
      publicKey: request.publicKey,
      validity: { notBefore: firstInstant(purpose, now), notAfter },
      entitlement: hostEntitlement(key, pack.catalog, request),
    },
    issuing,
  )
  const row = { host_id: host, log_id: request.logId, time: now, certificate, not_after: notAfter, version }
  await db.insertInto('activations').values(row).execute()
  if (predecessor !== undefined) await addSpare(db, request.logId, { predecessor, now })
  return certificate
}

function answer(
  certificate: Uint8Array,
  { pack }: Asked,
  { hostsLeft, activationsLeft }: Remaining,
  { signers }: HostActivationContext,
): HostActivatedMessage {
  const chain = [certificate, signers.issuing.certificate.der]
  return { kind: 'host-activated', chain, pack: pack.pack, hostsLeft, activationsLeft }
}

/** The name in a host certificate, for people. */
export function hostName(
  { customer }: Pick<HostKey, 'customer'>,
  { logId }: Pick<ProvenHostRequest, 'logId'>,
  test: boolean,
): { commonName: string; organization?: string } {
  const commonName = `Volact host ${toHex(logId.subarray(0, 8))}${test ? ' (lab)' : ''}`
  return customer === '' ? { commonName } : { commonName, organization: customer }
}

/** How the vendor can be reached. */
export function contactText({ email, phone, url }: Contacts): string {
  return [email, phone, url].filter((contact) => contact !== undefined).join(' or ')
}
