import { readFileSync, statfsSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { cacheFolder } from './cache.ts'
import type { BenchOptions } from './options.ts'
import { type Cores, describeCores } from './pinning.ts'

/** On what was measured, and how. */
export interface Surroundings {
  readonly date: string
  readonly cpu: string
  readonly cores: number
  readonly kernel: string
  readonly disk: string
  readonly node: string
  readonly placing: string
  readonly seconds: number
  readonly rounds: number
  readonly machines: number
  readonly quick: boolean
  /** Of other programs, when the run began; a busy machine measures itself. */
  readonly load: string
  /** Sentences below the table. */
  readonly notes: readonly string[]
}

/** Describes the machine and the run. */
export function surroundingsOf(options: BenchOptions, cores: Cores, notes: readonly string[]): Surroundings {
  const [cpu, ...others] = cpus()
  const { seconds, rounds, machines, quick } = options
  return {
    ...{
      date: new Date().toISOString().slice(0, 10),
      cpu: cpu?.model ?? 'unknown processor',
      cores: others.length + 1,
    },
    ...{ kernel: release(), disk: diskOf(cacheFolder), node: process.version, placing: describeCores(cores) },
    ...{ seconds, rounds, machines, quick, load: loadNow(), notes },
  }
}

/** Gives the load average of the last minute, as the system has it. */
function loadNow(): string {
  return readFileSync('/proc/loadavg', 'utf8').split(' ')[0] ?? ''
}

const fileSystems: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x01021994: 'tmpfs (memory: a sync costs nothing, so that no goal means anything)',
  0x794c7630: 'overlay',
}

function diskOf(path: string): string {
  const { type } = statfsSync(path)
  return fileSystems[type] ?? `file system 0x${type.toString(16)}`
}
