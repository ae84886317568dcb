import type { StormResult } from '@volact/lab/storm/run-storm'

/** What the histograms are drawn for. */
export interface StormFrame {
  readonly machines: number
  readonly outageHours: number
  /** Characters on a line. */
  readonly width: number
}

/** Draws how an outage ends, in each of the ways: requests per second, a bar for each piece of time. */
export function stormText(results: readonly StormResult[], frame: StormFrame): string {
  const { machines, outageHours } = frame
  const begin = `${String(machines)} machines, rolled out in one hour a week ago; their host is away for ${String(outageHours)} h.`
  return [begin, ...results.map((result) => chapter(result, frame))].join('\n\n')
}

function chapter(result: StormResult, { width }: StormFrame): string {
  const { story, requests, later, peakPerSecond, meanPerSecond, stepSeconds, columns } = result
  const most = Math.max(...columns, 1)
  const bars = columns.map((count, place) => bar(place * stepSeconds, count, { most, stepSeconds, width }))
  const ratio = (peakPerSecond / Math.max(meanPerSecond, Number.MIN_VALUE)).toFixed(1)
  const sum = `${String(requests)} requests: ${round(meanPerSecond)} a second on average, ${String(peakPerSecond)} in the busiest second (${ratio} times)`
  return [story, ...bars, later === 0 ? sum : `${sum}; ${String(later)} machines ask later`].join('\n')
}

interface Scale {
  readonly most: number
  readonly stepSeconds: number
  readonly width: number
}

function bar(second: number, count: number, { most, stepSeconds, width }: Scale): string {
  const label = `  ${clock(second)}  ${round(count / stepSeconds).padStart(7)} /s  `
  const length = Math.round((count / most) * Math.max(width - label.length, 10))
  return `${label}${'█'.repeat(length)}`.trimEnd()
}

function clock(second: number): string {
  const parts = [Math.floor(second / 3_600), Math.floor(second / 60) % 60, second % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

function round(value: number): string {
  return value < 100 ? value.toFixed(1) : value.toFixed(0)
}
