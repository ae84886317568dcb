/** One metric with all its samples, as Prometheus reads it. */
export interface Family {
  /** Without the prefix, with its unit: `ledger_entries`, `sync_seconds`. */
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter'
  readonly samples: readonly Sample[]
}

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

/** A distribution: how many observations fell up to each bound, the last count being those above all bounds. */
export interface Distribution {
  readonly bounds: readonly number[]
  readonly counts: ArrayLike<number>
  /** The sum of all observations. */
  readonly sum: number
}

/** One distribution, or one for each set of labels. */
export interface HistogramFamily {
  readonly name: string
  readonly help: string
  readonly type: 'histogram'
  readonly series: readonly { readonly labels?: Readonly<Record<string, string>>; readonly of: Distribution }[]
}

/** What the answer to Prometheus says it is. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8'

/** Writes metrics in Prometheus' text format 0.0.4. A family without samples is left out. */
export function exposition(families: readonly (Family | HistogramFamily)[]): string {
  return families.map((family) => (family.type === 'histogram' ? histogramText(family) : plainText(family))).join('')
}

const prefix = 'volact_host_'

function plainText({ name, help, type, samples }: Family): string {
  if (samples.length === 0) return ''
  const full = `${prefix}${name}`
  const lines = samples.map(({ labels, value }) => line(full, labels, value))
  return heading(full, help, type) + lines.join('')
}

function histogramText({ name, help, type, series }: HistogramFamily): string {
  if (series.length === 0) return ''
  const full = `${prefix}${name}`
  return heading(full, help, type) + series.map(({ labels, of }) => distributionText(full, labels, of)).join('')
}

/** In the text, a bucket counts all observations up to its bound, those of the buckets before it too. */
function distributionText(full: string, labels: Sample['labels'], { bounds, counts, sum }: Distribution): string {
  let total = 0
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, at) => {
    total += counts[at] ?? 0
    return line(`${full}_bucket`, { ...labels, le: numberText(bound) }, total)
  })
  return [...buckets, line(`${full}_sum`, labels, sum), line(`${full}_count`, labels, total)].join('')
}

function heading(full: string, help: string, type: string): string {
  return `# HELP ${full} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${full} ${type}\n`
}

function line(full: string, labels: Sample['labels'], value: number): string {
  const written = Object.entries(labels ?? {}).map(([name, text]) => `${name}="${escaped(text)}"`)
  return `${full}${written.length === 0 ? '' : `{${written.join(',')}}`} ${numberText(value)}\n`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}
