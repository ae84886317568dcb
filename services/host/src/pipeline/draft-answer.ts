import { equal, toHex } from '@volact/core/bytes'
import { detailsDigest, saltLength } from '@volact/core/document/details'
import type { OpenedRelease } from '@volact/core/document/release'
import type { OpenedRequest } from '@volact/core/document/request'
import type { ActivateMessage, ReleaseMessage } from '@volact/core/wire/activation-messages'
import type { MessageBody } from '@volact/core/wire/message'
import { admit } from './admit.ts'
import type { Challenges } from './challenge.ts'
import { decideRequest } from './decide-request.ts'
import { addGrant } from './draft-grant.ts'
import type { EntryBatch, PlacedEntry } from './entry-batch.ts'
import type { HostLog } from './host-log.ts'
import type { License, LogState } from '../state/log-state.ts'
import type { StoredRecovery } from '../recovery/recoveries.ts'
import type { Pool, Pools } from './pools.ts'
import * as refusals from './refusals.ts'
import { findSold, type SoldProduct, type Terms } from './terms.ts'

/** What comes of one item of a batch: an answer without proof, or an entry whose proof is given once it is durable. */
export type Draft = { readonly kind: 'plain'; readonly answer: MessageBody } | ProvenDraft

/** An entry with what its proof is made for. */
export type ProvenDraft = { readonly kind: 'proven' } & ProvenEntry & ProofTerms

interface LedgerPlace {
  readonly index: number
  readonly bytes: Uint8Array
}

interface ProvenEntry extends LedgerPlace {
  readonly as: 'grant' | 'released'
  /** What tells the machine that another one uses its identity (rule 18). */
  readonly notice?: LedgerPlace
  /** Shows a client why its checkpoint is not in our tree (rule 27). */
  readonly recovery?: StoredRecovery
  /** The size from which growth is to be shown, too, as the client names it (rule 29). */
  readonly since?: number
}

/** What a client has already: the size of its checkpoint, and the certificate by its `x5t`. */
export interface ProofTerms {
  readonly from: number | undefined
  readonly known: Uint8Array | undefined
}

/** What the items of a batch are decided on, one after the other; entries are added to the batch, and count at once. */
export interface Desk {
  readonly terms: Terms
  readonly log: HostLog
  readonly state: LogState
  readonly challenges: Challenges
  readonly pools: Pools
  readonly batch: EntryBatch
}

/** Admits and decides a request. */
export function draftActivation(
  opened: OpenedRequest,
  message: ActivateMessage,
  from: number | undefined,
  desk: Desk,
): Draft {
  const { state, log, challenges, pools, batch } = desk
  const { request, machine } = opened
  const pool = request.flags.ephemeral ? pools.prove(message.pool, opened.digest) : undefined
  if (request.flags.ephemeral && pool === undefined) return plain(refusals.notOfPool(message.pool))
  const license = state.license(machine, request.product)
  const isChallengeGood = challenges.isGood(request.challenge, machine, batch.time)
  const isChange = state.isChange(machine, request)
  const admission = admit({ opened, license, isChange, logId: log.logId, isChallengeGood }, batch.time)
  const proof = { from, known: message.knownCertificate }
  switch (admission.kind) {
    case 'wrong-log':
      return plain(refusals.wrongLog(admission.named))
    case 'challenge':
      return challenged(machine, desk)
    case 'repeat':
      return license === undefined ? challenged(machine, desk) : draftRepeat(license, proof, desk)
    case 'decide':
      if (isChallengeGood && !challenges.spend(opened.digest, batch.time)) return challenged(machine, desk)
      return decide(opened, message, { proof, pool }, desk)
  }
}

/** Gives the last grant again, to who has sent the same bytes again (rule 17). */
export function draftRepeat(license: License, proof: ProofTerms, desk: Desk): Draft {
  const stands = entryAt(license.index, desk)
  if (stands === undefined) return plain(refusals.repeatTooLate())
  return { kind: 'proven', as: 'grant', ...stands, ...noticeOf(license, desk), ...proof }
}

/** Takes a grant back, if it is the last one; the same release again gets the entry that stands already. */
export function draftRelease({ release, machine, digest }: OpenedRelease, message: ReleaseMessage, desk: Desk): Draft {
  const { log, state, batch } = desk
  if (!equal(release.logId, log.logId)) return plain(refusals.wrongLog(toHex(release.logId)))
  const proof = { from: undefined, known: undefined }
  const before = state.released(digest)
  const stands = before === undefined ? undefined : entryAt(before, desk)
  if (stands !== undefined) return { kind: 'proven', as: 'released', ...stands, ...proof }
  const license = state.license(machine, release.product)
  if (license === undefined || !equal(license.cti, release.grant)) return plain(refusals.notLastGrant())
  const fields = { time: batch.time, machine, product: release.product, grant: release.grant, req: digest }
  const beside = { request: message.release, salt: new Uint8Array(saltLength), details: new Uint8Array(0) }
  const added = batch.add((place) => ({ kind: 'release', ...fields, ...place }), beside)
  state.apply(added.entry)
  return { kind: 'proven', as: 'released', ...placed(added), ...proof }
}

function challenged(machine: Uint8Array, { challenges, batch }: Desk): Draft {
  return plain({ kind: 'challenge', challenge: challenges.make(machine, batch.time) })
}

/** Wraps an answer that needs no proof. */
export function plain(answer: MessageBody): Draft {
  return { kind: 'plain', answer }
}

/** Decides a request that may change things. */
export function decide(
  opened: OpenedRequest,
  { request, salt, details }: ActivateMessage,
  { proof, pool }: { readonly proof: ProofTerms; readonly pool: Pool | undefined },
  { terms, state, batch }: Desk,
): Draft {
  if (!equal(detailsDigest(salt, details), opened.request.detailsDigest)) return plain(refusals.otherDetails())
  const sold = findSold(terms, opened.request.product)
  if (sold === undefined) throw new Error('a request was given to a vendor who does not have the product')
  const decision = decideRequest(opened, sold, terms, state, batch.time)
  const beside = { request, salt, details }
  if (decision.kind === 'granted') {
    if (pool !== undefined && isFull(pool, opened, state, batch)) return plain(full(pool, sold, state, batch))
    const { grant, notice } = addGrant(decision.grant, opened, { beside, pool }, { state, batch })
    return { kind: 'proven', as: 'grant', ...placed(grant), ...(notice && { notice: placed(notice) }), ...proof }
  }
  const { sighting } = decision
  if (sighting !== undefined) state.apply(batch.add((place) => ({ ...sighting, ...place }), beside).entry)
  return plain(decision.refusal)
}

/** The places of a pool are bounded (rule 38); who has one keeps it. */
function isFull(
  { handle, limit }: Pool,
  { machine }: OpenedRequest,
  { places }: LogState,
  { time }: EntryBatch,
): boolean {
  return !places.has(machine, handle, time) && places.figures(handle, time).live >= limit
}

function full(pool: Pool, { policy }: SoldProduct, { places }: LogState, { time }: EntryBatch): MessageBody {
  return refusals.poolFull(pool, Math.min(places.nextEnd - time, policy.activationIntervalSeconds))
}

/** Who repeats a request that was told of a twin is told again: the answer may have been lost. */
function noticeOf(license: License | undefined, desk: Desk): Pick<ProvenEntry, 'notice'> {
  const notice = license?.notice === undefined ? undefined : entryAt(license.notice, desk)
  return notice === undefined ? {} : { notice }
}

/** An entry that is asked for again may stand in this very batch; nothing for one that was erased since (rule 31). */
function entryAt(index: number, { log: { ledger }, batch }: Desk): LedgerPlace | undefined {
  const bytes = batch.pending(index) ?? ledger.entry(index)
  return bytes && { index, bytes }
}

function placed({ index, bytes }: PlacedEntry): LedgerPlace {
  return { index, bytes }
}
