import { type Figure, isReached } from './figure.ts'
import type { Surroundings } from './surroundings.ts'

/** Writes the figures as a table in Markdown, with the machine that they were measured on. */
export function tableOf(figures: readonly Figure[], about: Surroundings): string {
  const rows = figures.map((figure) => [
    ...[figure.title, goalOf(figure), `**${amount(figure, figure.value.median)}**${verdict(figure)}`],
    ...[`${amount(figure, figure.value.least)} … ${amount(figure, figure.value.most)}`, figure.host, figure.echo ?? ''],
  ])
  const head = ['figure', 'goal', 'median', 'spread', 'host', 'echo']
  const widths = head.map((title, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length), title.length),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const rule = line(widths.map((width) => '-'.repeat(width)))
  return [describe(about), '', line(head), rule, ...rows.map(line), '', ...about.notes].join('\n')
}

function describe({ cpu, cores, kernel, disk, node, placing, date, seconds, rounds, machines }: Surroundings): string {
  return (
    `${date}: ${String(cores)} × ${cpu}, Linux ${kernel}, ${disk}, Node ${node}; ${placing}. ${String(rounds)} rounds of ` +
    `${String(seconds)} s, echo and host in turns; ${String(machines)} prepared machines.`
  )
}

function goalOf({ goal, unit }: Figure): string {
  if (goal === undefined) return ''
  return `${goal.kind === 'at least' ? '≥' : '≤'} ${String(goal.limit)}${unit === 'ratio' ? '' : ` ${unit}`}`
}

function amount({ unit }: Figure, value: number): string {
  return unit === 'MB' ? value.toFixed(1) : value.toFixed(2)
}

function verdict(figure: Figure): string {
  const reached = isReached(figure)
  if (reached === undefined) return ''
  return reached ? '' : ' (missed)'
}
