import { after, type Duration, type Instant } from '@volact/core/time'
import type { LabMachine } from './lab-machine.ts'
import type { LabReporter, MachineAnswer } from './reporter.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** A machine, and when it asks next. */
export interface Turn {
  readonly machine: LabMachine
  readonly at: Instant
}

/** What a round has to know. */
export interface RoundContext {
  readonly clock: VirtualClock
  readonly report: LabReporter
  readonly signal: AbortSignal
  readonly retryAfter: Duration
  readonly total: number
}

/**
 * Has machines ask one after another, each at its time, and returns those that were refused with the time of their next try.
 * `licensed` is how many are already; the last machine of all asks at the real time.
 */
export async function askInTurn(
  turns: readonly Turn[],
  licensed: number,
  context: RoundContext,
): Promise<readonly Turn[]> {
  const { clock, report, signal, retryAfter, total } = context
  const refused: Turn[] = []
  let done = licensed
  for (const { machine, at } of turns) {
    signal.throwIfAborted()
    if (done === total - 1) clock.run()
    else clock.moveTo(at)
    const answer: MachineAnswer = await machine.ask()
    if (answer.granted === undefined) refused.push({ machine, at: after(clock.now(), retryAfter) })
    else done += 1
    report({ kind: 'asked', answer, licensed: done, total })
  }
  return refused
}
