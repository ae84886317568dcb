import { ActivationError } from '@volact/core/errors/activation-error'
import type { KeptCheckpoint } from '../folder/checkpoints.ts'
import { silent } from '../folder/kept-file.ts'
import { readStore } from '../folder/store.ts'
import { lockTalk } from '../folder/store-lock.ts'
import { formatHostAddress, type HostAddress } from '../host-address.ts'
import type { Installation } from '../installation.ts'
import type { Instant } from '@volact/core/time'
import type { Route } from '../transport.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import { converse, type Question } from './conversation.ts'
import { keepFailure, keepGrant, keepRefusal } from './keep.ts'
import { nextTry } from './next-try.ts'
import { activated, type ActivationOutcome, refused } from './outcome.ts'
import { whoAsks } from './who-asks.ts'

/**
 * Activates or renews one product at one host. What is verified is kept; a refusal and a failure change nothing but the time of
 * the next try (rules 24, 25). The folder is locked while something is written into it, and one program at a time talks to a host.
 */
export async function activate(
  installation: Installation,
  sold: SoldProduct,
  address: HostAddress,
  route: Route = {},
): Promise<ActivationOutcome> {
  const turn = await lockTalk(installation.files, installation.limits.turnMilliseconds)
  try {
    const outcome = await ask(installation, sold, address, route)
    return isAnswer(outcome) ? outcome : await askAgain(installation, sold, address, route)
  } finally {
    turn.release()
  }
}

/**
 * Asks once more, so that the ledger continues a checkpoint that stands in DNS (rule 29); gives why it does not. An answer that holds
 * is a renewal like any other, one that does not changes nothing.
 */
export async function renewBefore(
  witness: KeptCheckpoint,
  [installation, sold, address, route]: Parameters<typeof ask>,
): Promise<ActivationError | undefined> {
  const turn = await lockTalk(installation.files, installation.limits.turnMilliseconds)
  try {
    return await renewWith(witness, [installation, sold, address, route])
  } catch (error) {
    if (error instanceof ActivationError) return error
    throw error
  } finally {
    turn.release()
  }
}

async function renewWith(witness: KeptCheckpoint, asked: Parameters<typeof ask>): Promise<ActivationError | undefined> {
  const question = { ...(await questionFor(...asked)), witness }
  const conclusion = await converse(question)
  if (conclusion.kind === 'refused') return new ActivationError(conclusion.refusal.code, conclusion.refusal.text)
  keepGrant(question, conclusion)
  return undefined
}

/** A machine that was told of its twin is another one now, and asks as that one at once (rule 18). */
async function askAgain(...asked: Parameters<typeof ask>): Promise<ActivationOutcome> {
  const outcome = await ask(...asked)
  if (isAnswer(outcome)) return outcome
  throw new ActivationError('MACHINE_COPIED', 'the host says of a new identity that another machine uses it: try again')
}

function isAnswer(outcome: Awaited<ReturnType<typeof ask>>): outcome is ActivationOutcome {
  return typeof outcome !== 'string'
}

async function ask(
  installation: Installation,
  sold: SoldProduct,
  address: HostAddress,
  route: Route,
): Promise<ActivationOutcome | 'twin' | 'stale'> {
  const question = await questionFor(installation, sold, address, route)
  try {
    const conclusion = await converse(question)
    if (conclusion.kind === 'granted') {
      const kept = keepGrant(question, conclusion)
      if (kept !== 'kept') return kept
      return activated(sold, formatHostAddress(address), conclusion.answer, nextAfter(question))
    }
    keepRefusal(question, conclusion.refusal)
    return refused(sold, formatHostAddress(address), conclusion.refusal, nextAfter(question))
  } catch (error) {
    if (error instanceof ActivationError) keepFailure(question, error)
    throw error
  }
}

async function questionFor(
  installation: Installation,
  sold: SoldProduct,
  address: HostAddress,
  route: Route,
): Promise<Question> {
  const asking = await whoAsks(installation, sold)
  requireToken(installation, asking.store.memory.pool)
  return { ...asking, address, route }
}

function nextAfter({ installation, sold }: Question): Instant {
  const stored = installation.leases.read(sold, silent)
  return nextTry(installation, sold, stored, readStore(installation, silent).memory) ?? installation.now()
}

/** Without the token a host could not tell the machines of a pool from strangers (rule 38). */
function requireToken({ pool }: Installation, belongs: string | undefined): void {
  if (pool !== undefined || belongs === undefined) return
  throw new ActivationError(
    'POOL_TOKEN_INVALID',
    `this machine belongs to the pool "${belongs}": give the token of that pool`,
  )
}
