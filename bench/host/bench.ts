import type { BenchOptions } from './options.ts'
import type { Cores } from './pinning.ts'
import type { Prepared } from './prepare.ts'

/** What every row is measured with. */
export interface Bench {
  readonly options: BenchOptions
  readonly cores: Cores
  readonly prepared: Prepared
  /** Tells whoever waits what is going on. */
  readonly say: (text: string) => void
}
