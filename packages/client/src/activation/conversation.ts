import { equal, toHex } from '@volact/core/bytes'
import { parseReceipt, type Receipt } from '@volact/core/document/receipt'
import { openTwinNotice } from '@volact/core/document/twin-notice'
import { requireGrown, type VerifiedAnswer, verifyAnswer } from '@volact/core/document/verify-answer'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { GrantMessage } from '@volact/core/wire/activation-messages'
import { decodeMessage, type Message } from '@volact/core/wire/message'
import type { RefusalMessage } from '@volact/core/wire/refusal'
import { type KeptCheckpoint, newestCheckpoint, readCheckpoint } from '../folder/checkpoints.ts'
import type { DeviceKey } from '../folder/device-key.ts'
import type { Note } from '../folder/kept-file.ts'
import { mostTries, type PendingRequest, readPending, writePending } from '../folder/pending-request.ts'
import { logAt } from '../folder/settings.ts'
import type { Store } from '../folder/store.ts'
import { formatHostAddress, type HostAddress } from '../host-address.ts'
import type { FoundHardware } from '../hardware/found-hardware.ts'
import type { Installation } from '../installation.ts'
import { policyInForce } from '../policy/in-force.ts'
import { requireCustomer } from '../policy/require-customer.ts'
import { exchange, type Route } from '../transport.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import {
  acceptRecovery,
  isExcusable,
  questionAbout,
  type RecoveredAnswer,
  type RecoveryQuestion,
} from './accept-recovery.ts'
import { stateOf } from './license.ts'
import type { Machine } from './machine.ts'
import { audienceFor, isStillTrue, newRequest, type RequestTerms } from './outgoing-request.ts'
import type { StoredLease } from './stored-leases.ts'

/** What is asked, by whom, of whom. */
export interface Question {
  readonly installation: Installation
  readonly sold: SoldProduct
  readonly address: HostAddress
  readonly route: Route
  /** The hardware that the folder belongs to. */
  readonly found: FoundHardware
  readonly machine: Machine
  /** Who asks, even if somebody makes this another machine meanwhile. */
  readonly key: DeviceKey
  readonly store: Store
  readonly stored: StoredLease | undefined
  readonly note: Note
  /** A checkpoint that stands in DNS, which the ledger is to continue in the place of the one that is kept (rule 29). */
  readonly witness?: KeptCheckpoint
}

/** How a conversation ends when it ends well. */
export type Conclusion = Granted | { readonly kind: 'refused'; readonly refusal: RefusalMessage }

export interface Granted {
  readonly kind: 'granted'
  readonly answer: VerifiedAnswer
  /** Whether the answer is to a request that was made in this conversation. */
  readonly fresh: boolean
  /** Whether the host has shown that another machine uses the same identity (rule 18). */
  readonly isTwin: boolean
  /** Why it has not, although it says so. */
  readonly twinProblem?: string
  /** The recovery by which alone the answer could be taken (rule 27). */
  readonly recovered?: RecoveredAnswer
}

/** What the next request is made for. */
interface Target {
  /** Hexadecimal digits of the ledger that is asked, where it is known. */
  readonly logId?: string
  /** And of the one that was kept there before, and is not. */
  readonly otherThan?: string
  readonly challenge?: Uint8Array
  /** How to ask about a recovery that the host has shown. */
  readonly recovery?: RecoveryQuestion
}

/** Why the same is asked again; each once at most, so that no host can keep a client busy. */
type Reason = 'challenge' | 'other-log' | 'own-checkpoint' | 'recovery'

interface Sent extends PendingRequest {
  readonly fresh: boolean
}

/** What a grant is checked with: all of a question but the way to the host. */
export type Verifying = Omit<Question, 'address' | 'route'>

/**
 * Asks a host until it grants or refuses. Asked again is when the host wants a challenge answered (rule 16), when another
 * ledger is kept at the address than before, when the answer is of a ledger whose checkpoint is kept here but was not shown,
 * so that it could not prove that it has only grown, and when a recovery has to be consistent with more than was shown. Throws what `exchange` and `verifyAnswer` throw, or `CHALLENGE_EXPIRED`.
 */
export async function converse(question: Question): Promise<Conclusion> {
  const { address, installation, sold, store, route } = question
  const known = logAt(store.settings, sold.vendor.catalog.vendor.id, formatHostAddress(address))
  let target: Target = known === undefined ? {} : { logId: known }
  const reasons = new Set<Reason>()
  for (;;) {
    const sent = prepare(question, target)
    const message = decodeMessage(await exchange(address, sent.bytes, installation.limits, route))
    const again = askAgain(message, target, sent, question)
    if (again === undefined || reasons.has(again.reason)) return conclude(message, sent, question)
    reasons.add(again.reason)
    target = again.target
  }
}

/** Says whether the answer calls for another request, and which. Unsigned answers decide nothing else. */
function askAgain(
  message: Message,
  target: Target,
  sent: Sent,
  question: Question,
): { readonly reason: Reason; readonly target: Target } | undefined {
  if (message.kind === 'challenge') return { reason: 'challenge', target: { ...target, challenge: message.challenge } }
  if (message.kind === 'refusal' && message.code === 'LOG_MISMATCH' && target.logId !== undefined) {
    return { reason: 'other-log', target: { otherThan: target.logId } }
  }
  if (message.kind !== 'grant' || target.recovery !== undefined) return undefined
  const logId = toHex(parseReceipt(message.receipt).logId)
  const kept = knownOf(question, logId)
  const { checkpoint: shown } = sent.opened.request
  if (kept === undefined) return undefined
  if (shown === undefined || !equal(kept.bytes, shown))
    return { reason: 'own-checkpoint', target: { ...target, logId } }
  const recovery = message.recovery && questionAbout(message.recovery, logId, question)
  return recovery && { reason: 'recovery', target: { ...target, recovery } }
}

/** Takes the open request again where it still says what is true, else a new one; and writes it before it is sent (rule 14). */
function prepare(question: Question, target: Target): Sent {
  const { installation, sold, key, note } = question
  const { files, now, pool } = installation
  const { activationId } = sold.expected
  const terms = termsFor(question, target)
  const open = readPending(files, activationId, note)
  const isRepeated = open !== undefined && open.tries < mostTries && isStillTrue(open, terms)
  const sent = isRepeated
    ? { ...open, tries: open.tries + 1, fresh: false }
    : { ...newRequest(terms, key, now(), pool), tries: 1, fresh: true }
  writePending(files, activationId, sent)
  return sent
}

function termsFor(question: Question, { logId, otherThan, challenge, recovery }: Target): RequestTerms {
  const { installation, sold, address, machine, key, stored, store } = question
  const checkpoint = recovery?.checkpoint ?? checkpointFor(question, logId)
  // A grant of another ledger is no `prev` here, and the chain of another host of no use (rule 13). Which ledger is kept at a new
  // address is not known: it may be the old host's, which would take a request without its last grant for a second branch (rule 18).
  const own = ownBeside(question, logId)
  const isOfThis = logId === undefined ? stored?.logId !== otherThan : stored?.logId === logId
  const before = isOfThis ? stored : undefined
  return {
    vendor: sold.vendor.catalog.vendor.id,
    audience: audienceFor(logId, formatHostAddress(address)),
    activationId: sold.expected.activationId,
    deviceKey: key.signer.publicKey,
    machine,
    state: stateOf(sold, stored, store.memory, installation.now()),
    ...(checkpoint && { checkpoint }),
    ...(before && { prev: before.grant.cti, knownCertificate: before.hostCertificate.fingerprint }),
    ...(challenge && { challenge }),
    ...(recovery && { recovery: recovery.number }),
    ...(own && { since: own.head.size }),
    ...(sold.vendor.revocations && { listKnown: sold.vendor.revocations }),
  }
}

/** Of the ledger that is asked, or else the newest of any ledger of the vendor (rule 26). */
function checkpointFor(question: Question, logId?: string): Uint8Array | undefined {
  const { installation, sold, store, note } = question
  const own = logId === undefined ? undefined : knownOf(question, logId)
  const vendor = sold.vendor.catalog.vendor.id
  return (own ?? newestCheckpoint(installation.files, store.settings, vendor, note))?.bytes
}

/** What a ledger must continue. */
function knownOf({ installation, note, witness }: Verifying, logId: string): KeptCheckpoint | undefined {
  if (witness !== undefined && toHex(witness.head.logId) === logId) return witness
  return readCheckpoint(installation.files, logId, note)
}

/** What is kept of a ledger that must continue a checkpoint from DNS: it must continue this one, too, or DNS could lead to a fork (rule 25). */
function ownBeside({ installation, note, witness }: Verifying, logId: string | undefined): KeptCheckpoint | undefined {
  const isOfThis = witness !== undefined && toHex(witness.head.logId) === logId
  return isOfThis ? readCheckpoint(installation.files, logId, note) : undefined
}

function conclude(message: Message, sent: Sent, question: Question): Conclusion {
  switch (message.kind) {
    case 'grant':
      return grantedBy(message, sent, question)
    case 'refusal':
      return { kind: 'refused', refusal: message }
    case 'challenge':
      throw new ActivationError('CHALLENGE_EXPIRED', 'the host asked for a second challenge to be answered: try again')
    case 'activate':
    case 'activate-host':
    case 'confirmation':
    case 'confirmation-pick-up':
    case 'confirmation-request':
    case 'host-activated':
    case 'host-information':
    case 'host-renewed':
    case 'host-information-query':
    case 'release':
    case 'released':
    case 'renew-host':
    case 'revocation-list':
    case 'revocation-list-query':
      throw new ActivationError('MALFORMED', `the host answered with a message of kind "${message.kind}"`)
  }
}

/** A notice is believed only when all of it holds; else the grant is taken as it is, or anybody could end an identity. */
function grantedBy(message: GrantMessage, sent: Sent, question: Question): Granted {
  const granted = { kind: 'granted', ...verifyGrant(message, sent, question), fresh: sent.fresh } as const
  if (message.twin === undefined) return { ...granted, isTwin: false }
  try {
    openTwinNotice(message.twin, granted.answer, sent.opened.request.prev)
    return { ...granted, isTwin: true }
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    return { ...granted, isTwin: false, twinProblem: error.message }
  }
}

/**
 * All of protocol.md §10. Whatever fails here takes nothing away that is kept (rule 25). Where only the ledger does not continue what is
 * known of it, a recovery may explain that (rule 27).
 */
export function verifyGrant(
  message: GrantMessage,
  sent: Pick<PendingRequest, 'opened'>,
  question: Verifying,
): Pick<Granted, 'answer' | 'recovered'> {
  const logId = toHex(parseReceipt(message.receipt).logId)
  const own = ownBeside(question, logId)
  const granted = verifyAgainst(knownOf(question, logId), message, sent, question)
  if (own !== undefined) requireGrown(granted.answer.head, growthIn(message), own.bytes)
  return granted
}

function growthIn({ since }: GrantMessage): Pick<Receipt, 'consistency'> {
  return since === undefined ? {} : { consistency: since }
}

function verifyAgainst(
  kept: KeptCheckpoint | undefined,
  message: GrantMessage,
  sent: Pick<PendingRequest, 'opened'>,
  question: Verifying,
): Pick<Granted, 'answer' | 'recovered'> {
  const { installation } = question
  try {
    return { answer: verifyWith(kept?.bytes, kept, message, sent, question) }
  } catch (error) {
    if (message.recovery === undefined || kept === undefined || !isExcusable(error)) throw error
    const { store } = question
    const recovered = acceptRecovery(message.recovery, kept, sent.opened.request.checkpoint, {
      ...{ installation, store },
      verify: (checkpoint) => verifyWith(checkpoint, kept, message, sent, question),
    })
    return { answer: recovered.answer, recovered }
  }
}

function verifyWith(
  checkpoint: Uint8Array | undefined,
  kept: KeptCheckpoint | undefined,
  { entry, receipt, chain }: GrantMessage,
  sent: Pick<PendingRequest, 'opened'>,
  { installation, sold, stored }: Verifying,
): VerifiedAnswer {
  const { request, machine, digest } = sent.opened
  const answer = verifyAnswer(
    { entry, receipt, chain: chain ?? stored?.lease.chain ?? [] },
    {
      roots: sold.vendor.roots,
      request: { digest, nonce: request.nonce, machine, anchor: request.anchor },
      product: sold.expected,
      ...(sold.vendor.revocations && { revocations: sold.vendor.revocations }),
      ...(checkpoint && { checkpoint }),
      ...(kept && { newest: kept.head.time }),
    },
  )
  requireCustomer(policyInForce(installation.readPolicy()), answer)
  return answer
}
