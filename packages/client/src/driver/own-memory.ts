import { describeError, type ErrorCode } from '@volact/core/errors/table'
import { attempted } from '@volact/core/licensing/last-attempt'
import { after, type Duration, type Instant, minutes } from '@volact/core/time'
import type { KeptAttempt } from '../folder/kept-license.ts'

/** What a driver remembers of a product by itself; what others must know stands in the folder. */
export interface OwnMemory {
  readonly reminded?: Instant
  /** The first change of the network since the last attempt. */
  readonly networkChanged?: Instant
  /** The last attempt by its own clock, and what stood in the folder beside it: another program's attempt is a newer one. */
  readonly tried?: { readonly attempt: KeptAttempt | undefined; readonly beside: string }
  /** When to try again where this machine itself was in the way, and how often it was in a row. */
  readonly held?: { readonly until: Instant; readonly times: number }
}

/** The first wait for a disk or a lock, and the longest: to look again costs nobody anything. */
const hold: { readonly first: Duration; readonly most: Duration } = { first: minutes(1), most: minutes(15) }

/** An attempt that the driver has made. */
export interface OwnAttempt {
  /** By the driver's clock. */
  readonly at: Instant
  /** Why it failed, if it did. */
  readonly code?: ErrorCode
  /** The last attempt of any program as it stood in the folder, before and after. */
  readonly before: KeptAttempt | undefined
  readonly written: KeptAttempt | undefined
}

/** Remembers an attempt. */
export function afterAttempt(own: OwnMemory, made: OwnAttempt): OwnMemory {
  const { at, code, before, written } = made
  const [last, beside] = [lastOf(own, before), textOf(written)]
  // Nobody was asked, so that the plan stands; only the machine must get well first.
  if (code !== undefined && isOfThisMachine(code))
    return { ...own, held: holdAfter(own, at), tried: { attempt: last, beside } }
  const rest = own.reminded === undefined ? {} : { reminded: own.reminded }
  if (written !== undefined && beside !== textOf(before))
    return { ...rest, tried: { attempt: movedTo(written, at), beside } }
  if (code === undefined) return rest
  const brought = last !== undefined && last.outcome !== 'granted' && at < last.watchUntil ? last : undefined
  return { ...rest, tried: { attempt: { ...attempted({ outcome: 'unreachable' }, at, brought), code }, beside } }
}

/** The last attempt of anybody. */
export function lastOf({ tried }: OwnMemory, written: KeptAttempt | undefined): KeptAttempt | undefined {
  return tried?.beside === textOf(written) ? tried.attempt : written
}

/** Whether another program has asked since. */
export function isOvertaken({ tried }: OwnMemory, written: KeptAttempt | undefined): boolean {
  return tried !== undefined && tried.beside !== textOf(written)
}

function textOf(attempt: KeptAttempt | undefined): string {
  return attempt === undefined ? '' : JSON.stringify(attempt)
}

/** Remembers a change of the network; only the first since the last attempt counts. */
export function afterNetworkChange(own: OwnMemory, at: Instant): OwnMemory {
  return own.networkChanged === undefined ? { ...own, networkChanged: at } : own
}

/** The first time at which an attempt may be made; a time that is too far off was set by a clock that was wrong. */
export function heldUntil({ held }: OwnMemory, now: Instant): Instant {
  return held !== undefined && held.until <= after(now, hold.most) ? held.until : 0
}

function holdAfter({ held }: OwnMemory, at: Instant): NonNullable<OwnMemory['held']> {
  const times = (held?.times ?? 0) + 1
  return { until: after(at, Math.min(hold.first * 2 ** (times - 1), hold.most)), times }
}

function movedTo(written: KeptAttempt, at: Instant): KeptAttempt {
  if (written.outcome === 'granted') return { ...written, at }
  return { ...written, at, watchUntil: written.watchUntil + (at - written.at) }
}

/** A disk, a lock, a right: no host or name server has failed. The table of errors tells by the exit status. */
function isOfThisMachine(code: ErrorCode): boolean {
  const exit = describeError(code)?.exit
  return exit !== 3 && exit !== 10
}
