import { equal } from '@volact/core/bytes'
import { fileRequestLifetime, signFileRequest } from '@volact/core/document/file-request'
import { parseGrant } from '@volact/core/document/grant'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Instant, toIso } from '@volact/core/time'
import type { GrantMessage } from '@volact/core/wire/activation-messages'
import { decodeMessage, encodeMessage } from '@volact/core/wire/message'
import { encodeMessageFile, parseMessageFile } from '@volact/core/wire/message-file'
import { newestCheckpoint } from '../folder/checkpoints.ts'
import { believedTime } from '../folder/clock-mark.ts'
import { type OpenFileRequest, readFileRequest, removeFileRequest, writeFileRequest } from '../folder/file-requests.ts'
import { silent } from '../folder/kept-file.ts'
import { readStore } from '../folder/store.ts'
import { whileLocked } from '../folder/store-lock.ts'
import type { Installation } from '../installation.ts'
import { installedProducts } from '../installed-products.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import { type Verifying, verifyGrant } from './conversation.ts'
import { keepGrant } from './keep.ts'
import { stateOf } from './license.ts'
import { requestMessage } from './outgoing-request.ts'
import { whoAsks } from './who-asks.ts'

/** A product for which a host is asked, or has granted, by file. */
export interface FileProduct {
  readonly product: string
  readonly name: string
}

/** A lease that came as a file. */
export interface AppliedLease extends FileProduct {
  readonly expires: Instant
}

/**
 * Writes a request for each of the products into one file, for an administrator to bring to the host (rule 46). Each stays open until it is
 * answered, or a newer one takes its place.
 */
export async function requestByFile(installation: Installation, products: readonly SoldProduct[]): Promise<Uint8Array> {
  const messages: Uint8Array[] = []
  for (const sold of products) {
    const { store, stored, machine, key } = await whoAsks(installation, sold)
    const before = newestCheckpoint(installation.files, store.settings, sold.vendor.catalog.vendor.id, silent)
    const terms = {
      vendor: sold.vendor.catalog.vendor.id,
      audience: { kind: 'address', address: 'file' } as const,
      activationId: sold.expected.activationId,
      deviceKey: key.signer.publicKey,
      machine,
      state: stateOf(sold, stored, store.memory, installation.now()),
      ...(before && { checkpoint: before.bytes }),
      ...(stored && { prev: stored.grant.cti }),
    }
    const message = requestMessage(terms, key, installation.now(), (request) => signFileRequest(request, key.signer))
    whileLocked(installation.files, () => {
      writeFileRequest(installation.files, sold.expected.activationId, message.request)
    })
    messages.push(encodeMessage(message))
  }
  if (messages.length === 0) throw new ActivationError('NO_PRODUCT_KEY', 'no product key is installed')
  return encodeMessageFile(messages)
}

/**
 * Takes the answers of a file that are for open requests of this machine, each once and for 30 days (rule 46). Throws the codes of
 * protocol.md §10, the host's refusal, or `LEASE_MISMATCH` where nothing in the file is for this machine.
 */
export async function applyFile(installation: Installation, file: Uint8Array): Promise<readonly AppliedLease[]> {
  const answers = parseMessageFile(file).map(decodeMessage)
  const { settings } = readStore(installation, silent)
  const verified: VerifiedFile[] = []
  for (const sold of installedProducts(installation.vendors, settings, silent)) {
    const open = readFileRequest(installation.files, sold.expected.activationId, silent)
    const answer = answers.find((message) => message.kind === 'grant' && isFor(message, open?.opened.digest))
    if (open !== undefined && answer?.kind === 'grant') verified.push(await verify(installation, sold, open, answer))
  }
  // Each was compared with what was known before; the newest tree is what is known afterwards.
  if (verified.length > 0) return verified.toSorted((a, b) => sizeOf(a) - sizeOf(b)).map(keep)
  const refusal = answers.find((message) => message.kind === 'refusal')
  if (refusal?.kind === 'refusal') throw new ActivationError(refusal.code, refusal.text)
  throw new ActivationError('LEASE_MISMATCH', 'the file answers no open request of this machine: make a new one')
}

/** An answer of which everything holds, and what is needed to keep it. */
interface VerifiedFile {
  readonly question: Verifying
  readonly granted: ReturnType<typeof verifyGrant>
}

async function verify(
  installation: Installation,
  sold: SoldProduct,
  { opened }: OpenFileRequest,
  message: GrantMessage,
): Promise<VerifiedFile> {
  const question = await whoAsks(installation, sold)
  const granted = verifyGrant(message, { opened }, question)
  requireFresh(granted.answer.head.time, believedTime(question.store.memory.clock, installation.now()))
  return { question, granted }
}

/** It says nothing of the time of now: the answer may be weeks old (rule 42). */
function keep({ question, granted }: VerifiedFile): AppliedLease {
  const { installation, sold } = question
  keepGrant(question, { kind: 'granted', ...granted, fresh: false, isTwin: false })
  removeFileRequest(installation.files, sold.expected.activationId)
  const { activationId, name } = sold.product
  return { product: activationId, name, expires: granted.answer.grant.expires }
}

function sizeOf({ granted }: VerifiedFile): number {
  return granted.answer.head.size
}

function requireFresh(answered: Instant, now: Instant): void {
  if (now < answered + fileRequestLifetime) return
  throw new ActivationError(
    'LEASE_EXPIRED',
    `the answer is of ${toIso(answered)}, and such are good for 30 days: make a new request`,
  )
}

function isFor({ entry }: GrantMessage, digest: Uint8Array | undefined): boolean {
  return digest !== undefined && equal(parseGrant(entry).req, digest)
}
