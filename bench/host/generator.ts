import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { cacheFolder } from './cache.ts'
import { pinned } from './pinning.ts'

/** What is asked of the load generator; the words are explained at the head of `load.c`. */
export interface LoadOptions {
  readonly address: string
  readonly requests: string
  readonly first?: number
  readonly count?: number
  readonly mode?: 'fresh' | 'open'
  readonly connections?: number
  readonly rate?: number
  readonly net?: number
  readonly seconds?: number
  readonly linger?: number
  readonly gentle?: 0 | 1
  readonly repeat?: 0 | 1
  readonly save?: string
  readonly every?: number
}

/** What came of it. */
export interface LoadResult {
  readonly asked: number
  readonly answered: number
  readonly failed: number
  readonly grants: number
  readonly challenges: number
  readonly refusals: number
  readonly others: number
  readonly seconds: number
  readonly perSecond: number
  readonly bytesOut: number
  readonly bytesIn: number
  /** Latencies in microseconds. */
  readonly micros: {
    readonly p50: number
    readonly p90: number
    readonly p99: number
    readonly p999: number
    readonly max: number
  }
  /** Of the generator itself. */
  readonly cpuSeconds: number
}

/** Drives a server from the generator's core. */
export async function load(options: LoadOptions, core: number | undefined): Promise<LoadResult> {
  const words = Object.entries(options).map(([name, value]) => `${name}=${String(value)}`)
  const [command, args] = pinned(core, compiled('load'), words)
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const [printed, complaint] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  if (child.exitCode !== 0) throw new Error(complaint.trim() || `load ended with ${String(child.exitCode)}`)
  return JSON.parse(printed) as LoadResult
}

/** Names the program made of one of the C files beside this one; it is compiled when it is not there yet. */
export function compiled(name: 'load' | 'echo'): string {
  const source = join(import.meta.dirname, `${name}.c`)
  const digest = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16)
  const program = join(cacheFolder, `${name}-${digest}`)
  if (existsSync(program)) return program
  mkdirSync(cacheFolder, { recursive: true })
  const fresh = `${program}.${String(process.pid)}`
  compile(source, fresh)
  renameSync(fresh, program)
  return program
}

function compile(source: string, program: string): void {
  const compiler = compilerName()
  if (compiler === undefined)
    throw new Error(`${noCompiler}: install one, for example with "apt-get install gcc libc6-dev"`)
  const { status, stderr } = spawnSync(compiler, ['-O2', '-o', program, source], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${compiler} does not compile ${source}: ${stderr}`)
}

/** Why there is no load generator, where there is none. */
export const noCompiler = 'the load generator is written in C for Linux, and there is no C compiler here'

/** The C compiler of this machine, if it has one. */
export function compilerName(): string | undefined {
  if (process.platform !== 'linux') return undefined
  return ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0)
}
