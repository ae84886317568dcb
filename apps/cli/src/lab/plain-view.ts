import { hours } from '@volact/core/time'
import type { LabEvent } from '@volact/lab/reporter'
import { answerLine } from './answer-line.ts'

/** Shows what a lab does. */
export interface LabView {
  readonly report: (event: LabEvent) => void
  /** Leaves the screen as whatever is printed next needs it. */
  readonly close: () => void
}

/** Shows a lab as lines, where output is no terminal. */
export function plainView(out: (text: string) => void): LabView {
  return {
    report: (event) => {
      const line = eventLine(event)
      if (line !== undefined) out(`${line}\n`)
    },
    close: () => undefined,
  }
}

/** Says an event in one line; nothing for mere progress. */
export function eventLine(event: LabEvent): string | undefined {
  switch (event.kind) {
    case 'step':
      return event.text
    case 'asked':
      return answerLine(event.answer)
    case 'waiting':
      return `${event.machines} machines ask again after ${event.by / hours(1)} hours; the clock moves`
    case 'progress':
      return event.done < event.total ? undefined : `${event.text}: ${event.total}`
  }
}
