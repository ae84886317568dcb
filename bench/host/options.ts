import { parseArgs } from 'node:util'

/** What `npm run bench -- host` is asked to do. */
export interface BenchOptions {
  readonly json: boolean
  readonly quick: boolean
  /** Names of rows; all where it is empty. */
  readonly only: readonly string[]
  /** Of each run of a server, without warming up. */
  readonly seconds: number
  /** How often each row is measured, echo and host in turns. */
  readonly rounds: number
  /** Machines that are prepared and renew in a run. */
  readonly machines: number
  readonly build: boolean
  readonly echo: boolean
  /** Writes a CPU profile of every host into `.cache/bench/profiles` and prints where the time went. */
  readonly profile: boolean
}

/** The usage, one line. */
export const usage =
  'npm run bench -- host [--quick] [--only ROW[,ROW]] [--seconds N] [--rounds N] [--machines N] [--profile] [--no-echo] [--no-build] [--json]'

/** Reads the words behind `host`. Throws what is wrong with them. */
export function readOptions(words: readonly string[]): BenchOptions {
  const { values } = parseArgs({ args: [...words], options: known, allowNegative: true })
  const quick = values.quick ?? false
  return {
    ...{ json: values.json ?? false, quick, only: (values.only ?? []).flatMap((names) => names.split(',')) },
    seconds: positive(values.seconds, quick ? 4 : 10),
    rounds: positive(values.rounds, quick ? 3 : 5),
    machines: positive(values.machines, 100_000),
    ...{ build: values.build ?? true, echo: values.echo ?? true, profile: values.profile ?? false },
  }
}

const known = {
  json: { type: 'boolean' },
  quick: { type: 'boolean' },
  only: { type: 'string', multiple: true },
  seconds: { type: 'string' },
  rounds: { type: 'string' },
  machines: { type: 'string' },
  build: { type: 'boolean' },
  echo: { type: 'boolean' },
  profile: { type: 'boolean' },
} as const

function positive(written: string | undefined, usual: number): number {
  const value = written === undefined ? usual : Number(written)
  if (!(value > 0)) throw new Error(`"${String(written)}" is no number above 0`)
  return value
}
