import type { LabEvent } from '@volact/lab/reporter'
import { printable } from '../printable.ts'
import { barOf } from '../progress-bar.ts'
import type { Terminal } from '../world.ts'
import { answerLine } from './answer-line.ts'
import { eventLine, type LabView } from './plain-view.ts'

/** Lines that the table shows at most, and what is kept free for the rest of the screen. */
const tableRows = 12
const otherRows = 8

/** Time between two pictures, in milliseconds. */
const frame = 40

const escape = '\u001b['

/**
 * Shows a lab on a terminal: steps as lines, below them a table of the newest answers and a progress bar, drawn anew in place. The
 * cursor is never hidden and no mode is set, so that however this ends, the terminal is as it was.
 */
export function terminalView(out: (text: string) => void, { columns, rows }: Terminal): LabView {
  const table: string[] = []
  const height = Math.max(1, Math.min(tableRows, rows - otherRows))
  let bar: string | undefined
  let drawn = 0
  let last = 0

  const erase = (): string => (drawn === 0 ? '' : `${escape}${drawn}A${escape}J`)
  const draw = (above: readonly string[]): void => {
    const picture = [...table, ...(bar === undefined ? [] : [bar])]
    const lines = [...above, ...picture].map((line) => `${fit(line, columns)}\n`)
    out(erase() + lines.join(''))
    drawn = picture.length
    last = performance.now()
  }

  const report = (event: LabEvent): void => {
    if (event.kind === 'step' || event.kind === 'waiting') {
      bar = undefined
      draw([eventLine(event) ?? ''])
      return
    }
    if (event.kind === 'asked') {
      table.push(answerLine(event.answer))
      if (table.length > height) table.shift()
    }
    bar = barLine(event)
    if (performance.now() - last >= frame) draw([])
  }

  const close = (): void => {
    draw([])
    drawn = 0
  }
  return { report, close }
}

function barLine(event: Extract<LabEvent, { kind: 'progress' | 'asked' }>): string {
  if (event.kind === 'progress') return `${barOf(event.done, event.total)}  ${event.text}`
  return `${barOf(event.licensed, event.total)}  ${event.licensed} of ${event.total} machines are licensed`
}

/** A line that the terminal would break takes two, and the picture would be drawn in the wrong place. */
function fit(line: string, columns: number): string {
  return Array.from(printable(line))
    .slice(0, Math.max(1, columns - 1))
    .join('')
}
