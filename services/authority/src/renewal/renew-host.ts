import { equal, toHex } from '@volact/core/bytes'
import { thumbprint } from '@volact/core/cose/key'
import { encodeEntitlement, entitlementOf } from '@volact/core/document/entitlement'
import { parseEntry } from '@volact/core/document/ledger-entry'
import { checkpointFromReceipt, openReceipt, parseReceipt, type Receipt } from '@volact/core/document/receipt'
import { openRecoveryNotice } from '@volact/core/document/recovery-notice'
import { readRenewal } from '@volact/core/document/renewal-entry'
import type { TreeHead } from '@volact/core/document/tree-head'
import { compareWithWitnessed } from '@volact/core/document/witness'
import { ActivationError } from '@volact/core/errors/activation-error'
import { days, toIso } from '@volact/core/time'
import type { HostRenewedMessage, RenewHostMessage } from '@volact/core/wire/host-renewal-messages'
import type { RefusalDetail } from '@volact/core/wire/refusal'
import type { Certificate } from '@volact/core/x509/certificate'
import { type CertificateRequest, parseCertificateRequest } from '@volact/core/x509/request'
import { makeHostCertificate } from '@volact/keys/certificate-maker'
import { contactText, hostName, type HostActivationContext, type HostRefusal } from '../activation/activate-host.ts'
import { hostEntitlement } from '../activation/host-entitlement.ts'
import { audit } from '../database/audit.ts'
import type { Database } from '../database/open-authority-database.ts'
import { afterAgreement, firstInstant } from '../folder/lifetimes.ts'
import { type CurrentPack, currentPack } from '../packs/apply-catalog.ts'
import { type ProvenTakeOver, openTakeOver } from '../spare/open-take-over.ts'
import { witnessPredecessor } from '../spare/predecessor.ts'
import { confirmSpare } from '../spare/spare-rows.ts'
import { updateHost } from '../activation/host-rows.ts'
import { findLog, findRenewal, type KnownLog, writeWitnessed } from './witness-rows.ts'

/** A renewal is offered so long before the end (rule 6). */
export const renewalWindow: number = days(270)

/** What the answer to a renewal may be. */
export type RenewalAnswer = HostRenewedMessage | (HostRefusal & { readonly detail?: RefusalDetail })

type Context = Pick<HostActivationContext, 'signers' | 'now' | 'address'>

/**
 * Renews the certificate of a ledger for a new signing key, for nothing (rule 6). The present key vouches for the new one by an entry with
 * a receipt, and the ledger has to continue the last tree that was seen of it: what contradicts that is kept as evidence.
 */
export async function renewHost(db: Database, message: RenewHostMessage, context: Context): Promise<RenewalAnswer> {
  const request = parseCertificateRequest(message.request)
  return db.transaction().execute(async (transaction) => {
    const log = await findLog(transaction, request.logId)
    const pack = await currentPack(transaction)
    if (log === undefined || pack === undefined) {
      return refused('LOG_MISMATCH', 'no certificate was ever issued here for this log: activate the host instead')
    }
    return new Renewal(transaction, { message, request, log, pack }, context).run()
  })
}

/** What a host shows of its ledger, and the certificate under which it does. */
interface Shown {
  readonly receipt: Receipt
  readonly head: TreeHead
  readonly certificate: Certificate
}

interface Asked {
  readonly message: RenewHostMessage
  readonly request: CertificateRequest
  readonly log: KnownLog
  readonly pack: CurrentPack
}

/** One renewal, within its transaction. */
class Renewal {
  readonly #db: Database
  readonly #asked: Asked
  readonly #context: Context

  constructor(db: Database, asked: Asked, context: Context) {
    this.#db = db
    this.#asked = asked
    this.#context = context
  }

  async run(): Promise<RenewalAnswer> {
    const { request, log } = this.#asked
    const repeated = await findRenewal(this.#db, request.logId, request.publicKey.bytes)
    if (repeated !== undefined) return this.#answer(repeated)
    const shown = this.#openReceipt()
    const takeOver = this.#openTakeOver(shown)
    const refusal = (await this.#witness(shown)) ?? this.#whyNot()
    if (refusal === undefined) {
      if (takeOver !== undefined) await this.#confirm(takeOver)
      return this.#answer(await this.#issue())
    }
    const facts = { serial: log.key.serial, log: toHex(request.logId), code: refusal.code }
    await audit(this.#db, this.#context.now, 'host-renewal-refused', { ...facts, address: this.#context.address })
    return refusal
  }

  /** The receipt is of a certificate of this log that still holds, over the entry that names the new key (rule 4). */
  #openReceipt(): Shown {
    const { message, request, log } = this.#asked
    const receipt = parseReceipt(message.receipt)
    const certificate = log.certificates.find(({ fingerprint }) => equal(receipt.x5t, fingerprint))
    if (certificate === undefined || this.#context.now > certificate.notAfter) {
      throw new ActivationError(
        'CHAIN_INVALID',
        'the renewal is asked for under no certificate of this log that still holds',
      )
    }
    const head = openReceipt(receipt, message.entry, certificate.publicKey)
    const vouched = readRenewal(parseEntry(message.entry))
    if (vouched === undefined || !equal(vouched, thumbprint(request.publicKey)) || !equal(head.logId, request.logId)) {
      throw new ActivationError('LOG_MISMATCH', 'the ledger does not name the key that a certificate is asked for')
    }
    return { receipt, head, certificate }
  }

  /** The renewal of a spare is its confirmation (rule 47). */
  #openTakeOver(shown: Shown): ProvenTakeOver | undefined {
    const { message, log } = this.#asked
    const { spareFor } = entitlementOf(log.certificates[0])
    return spareFor === undefined ? undefined : openTakeOver(message.takeOver, spareFor, shown)
  }

  /** From now on it is a host like others, and told apart by the hardware that it runs on. */
  async #confirm({ logId, checkpoint, hardware, time }: ProvenTakeOver): Promise<void> {
    const { request, log } = this.#asked
    const { now, address } = this.#context
    const predecessor = await findLog(this.#db, logId)
    if (predecessor === undefined) throw new Error('a spare has a predecessor that was activated')
    await witnessPredecessor(this.#db, { logId, checkpoint }, { log: predecessor, now })
    await confirmSpare(this.#db, request.logId, { checkpoint, takenOver: time, now })
    await updateHost(this.#db, log.host, hardware)
    const facts = { serial: log.key.serial, log: toHex(request.logId), predecessor: toHex(logId), address }
    await audit(this.#db, now, 'spare-confirmed', facts)
  }

  /** The vendor is a witness (rules 6, 28). A fork is evidence, and is kept. */
  async #witness({ receipt, head, certificate }: Shown): Promise<(RenewalAnswer & { kind: 'refusal' }) | undefined> {
    const { log } = this.#asked
    const testimony = compareWithWitnessed(head, receipt, log.witnessed)
    const recovery = testimony.kind === 'continued' ? log.recovery : this.#recovery(head, certificate)
    if (testimony.kind === 'continued' || recovery !== undefined) {
      const seen = { size: head.size, root: head.root, time: head.time, recovery }
      await writeWitnessed(this.#db, head.logId, seen)
      return undefined
    }
    const detail = { witnessed: log.witnessed.size }
    if (testimony.kind === 'not-shown') {
      const text = `prove that this ledger continues the one of ${log.witnessed.size} entries that was seen here`
      return { ...refused('CONSISTENCY_FAILED', text), detail }
    }
    const { code } = testimony
    const checkpoint = checkpointFromReceipt(receipt, head.root)
    const row = { log_id: head.logId, time: this.#context.now, code, checkpoint }
    await this.#db.insertInto('contradictions').values(row).execute()
    const text = `this ledger does not continue the one of ${log.witnessed.size} entries that was seen here: it was kept as evidence`
    return { ...refused(code, text), detail }
  }

  /** The number of the recovery by which alone the ledger may go on from less than was seen (rule 27). */
  #recovery(head: TreeHead, hostCertificate: Certificate): number | undefined {
    const { message, log, request } = this.#asked
    if (message.recovery === undefined) return undefined
    const { witnessed, recovery: accepted } = log
    const opened = { head, hostCertificate, entitlement: entitlementOf(hostCertificate) }
    const checkpoint = { logId: request.logId, ...witnessed }
    const known = { checkpoint, known: [], ...(accepted !== undefined && { accepted }) }
    return openRecoveryNotice(message.recovery, opened, known).number
  }

  #whyNot(): HostRefusal | undefined {
    const { log, pack } = this.#asked
    const { now } = this.#context
    const { key } = log
    const [certificate] = log.certificates
    const contact = contactText(pack.catalog.vendor.contacts)
    if (key.blocked) return refused('KEY_BLOCKED', `the host key ending in ${key.lastFive} is blocked: ask ${contact}`)
    if (now >= key.agreementEnds) {
      const ended = `the agreement of the host key ending in ${key.lastFive} ended ${toIso(key.agreementEnds)}`
      return refused('LICENSE_EXPIRED', `${ended}: ask ${contact}`)
    }
    if (now >= certificate.notAfter - renewalWindow || this.#hasOtherTerms()) return undefined
    const text = `the certificate lasts until ${toIso(certificate.notAfter)}; it is renewed from ${toIso(certificate.notAfter - renewalWindow)} on`
    return refused('RENEWAL_NOT_DUE', text)
  }

  /** Who has bought more, or for longer, need not wait. */
  #hasOtherTerms(): boolean {
    return !equal(
      encodeEntitlement(entitlementOf(this.#asked.log.certificates[0])),
      encodeEntitlement(this.#entitlement()),
    )
  }

  #entitlement(): ReturnType<typeof hostEntitlement> {
    const { log, pack, request } = this.#asked
    // What entry 0 has fixed stands in every certificate of the log.
    return hostEntitlement(log.key, pack.catalog, { entry: entitlementOf(log.certificates[0]), logId: request.logId })
  }

  async #issue(): Promise<Uint8Array> {
    const { log, request, message } = this.#asked
    const { signers, now, address } = this.#context
    const { issuing, purpose } = signers
    const notAfter = Math.min(log.key.agreementEnds + afterAgreement, issuing.certificate.notAfter)
    const certificate = makeHostCertificate(
      {
        name: hostName(log.key, request, purpose === 'test'),
        publicKey: request.publicKey,
        validity: { notBefore: firstInstant(purpose, now), notAfter },
        entitlement: this.#entitlement(),
      },
      issuing,
    )
    const row = { log_id: request.logId, time: now, public_key: request.publicKey.bytes, certificate }
    await this.#db
      .insertInto('renewals')
      .values({ ...row, not_after: notAfter, version: message.version })
      .execute()
    await audit(this.#db, now, 'host-renewed', { serial: log.key.serial, log: toHex(request.logId), address })
    return certificate
  }

  #answer(certificate: Uint8Array): HostRenewedMessage {
    const chain = [certificate, this.#context.signers.issuing.certificate.der]
    return { kind: 'host-renewed', chain, pack: this.#asked.pack.pack }
  }
}

function refused(code: HostRefusal['code'], text: string): HostRefusal {
  return { kind: 'refusal', code, text }
}
