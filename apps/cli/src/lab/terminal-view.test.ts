import { describe, expect, it } from 'vitest'
import type { LabEvent } from '@volact/lab/reporter'
import { terminalView } from './terminal-view.ts'

const escape = '\u001b['

/** What a terminal shows in the end: only the two sequences that the view uses are known. */
function screen(written: string): readonly string[] {
  let lines: string[] = []
  for (const part of written.split(/(?=\p{Cc}\[\d+A)/u)) {
    const [, up = '0', text = part] = /^.\[(\d+)A.\[J([^]*)$/.exec(part) ?? []
    lines = lines.slice(0, lines.length - Number(up))
    lines.push(...text.split('\n').slice(0, -1))
  }
  return lines
}

function asked(name: string, licensed: number): LabEvent {
  const answer = { machine: { folder: '001', name }, time: 0, count: 1, threshold: 25 }
  return { kind: 'asked', answer, licensed, total: 40 }
}

describe('the lab on a terminal', () => {
  it('shows steps, below them the newest answers and the bar, and never a line that the terminal would break', () => {
    let written = ''
    const view = terminalView((text) => (written += text), { columns: 60, rows: 14 })
    view.report({ kind: 'step', text: 'host: listening' })
    for (let number = 1; number <= 40; number += 1) view.report(asked(`machine-${number}`, number))
    view.close()
    const lines = screen(written)
    expect(lines[0]).toBe('host: listening')
    expect(lines).toHaveLength(1 + 6 + 1)
    expect(lines.at(-2)).toContain('machine-40')
    expect(lines.at(-1)).toContain('100 %')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(60)
  })

  it('prints no steering characters but its own', () => {
    let written = ''
    const view = terminalView((text) => (written += text), { columns: 200, rows: 24 })
    view.report(asked('evil\u001b]0;title\u0007', 1))
    view.close()
    expect(written.replaceAll(/.\[\d+A.\[J/g, '')).not.toContain(escape.charAt(0))
  })
})
