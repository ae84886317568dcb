import type { SignedData } from '@volact/core/cose/sign1'
import type { OpenedRequest } from '@volact/core/document/request'
import type { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import type { ActivateMessage } from '@volact/core/wire/activation-messages'
import type { RecognisedActivate } from '@volact/core/wire/recognise-activate'
import type { RefusalMessage } from '@volact/core/wire/refusal'
import type { HostObserver } from '../index/observer.ts'
import type { Reply } from '../network/reply.ts'
import type { Strangers } from '../strangers/strangers.ts'
import type { Verification } from '../verification/verification.ts'
import type { BatchItem, BatchWork } from './batch-work.ts'
import type { Challenges } from './challenge.ts'
import type { Desk, Draft, ProvenDraft } from './draft-answer.ts'
import type { EntryBatch } from './entry-batch.ts'
import type { LicenseTools } from './license-tools.ts'
import type { Pools } from './pools.ts'

/** What the slow way works with. */
export interface SlowTools extends LicenseTools {
  readonly vendor: string
  readonly verification: Verification
  readonly work: BatchWork
  readonly challenges: Challenges
  readonly pools: Pools
  readonly observer: Pick<HostObserver, 'refused'>
  /** What keeps the host from granting anything, if something does. */
  readonly obstacle: () => RefusalMessage | undefined
  readonly strangers: Pick<Strangers, 'ask' | 'giveBack'>
  readonly now: () => Instant
}

/** An item that may have to wait for the signature of a grant before it. */
export interface WaitingItem extends BatchItem {
  /** Answers that it cannot be: the dispute that it waits for cannot be recorded. */
  giveUp(failure: ActivationError): void
}

/** A request that is verified before anything is decided on it. */
export interface RequestToVerify {
  readonly opened: OpenedRequest
  readonly signed: SignedData
  readonly message: ActivateMessage
  /** Where it was recognised, so that the next one like it may go the fast way. */
  readonly recognised: RecognisedActivate | undefined
}

/** What the slow way does for what goes through its batches. */
export interface SlowHelp {
  readonly tools: SlowTools
  settleFirst(index: number, item: WaitingItem): boolean
  drafted(draft: () => Draft): Draft
  desk(batch: EntryBatch): Desk
  refusal(): Draft | undefined
  answerProven(draft: ProvenDraft, reply: Reply): void
  told(request: RequestToVerify, draft: Draft, address: string): void
  isSeen(request: RequestToVerify): boolean
}
