import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** The clone that these tests stand in. */
export const clone: string = resolve(import.meta.dirname, '..', '..')

/** How a command ended. */
export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const program = [
  ...['--conditions=volact-source', '--disable-warning=ExperimentalWarning'],
  join(clone, 'apps', 'cli', 'src', 'main.ts'),
]

/** Runs the real command in a process of its own. */
export function volact(...args: readonly string[]): Ended {
  return volactWith({}, ...args)
}

/** The same with more in its environment. */
export function volactWith(more: Readonly<Record<string, string>>, ...args: readonly string[]): Ended {
  const env = { ...process.env, ...more }
  const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...args], { encoding: 'utf8', env })
  return { status, stdout, stderr }
}

/** Runs a command that must succeed, and returns what it printed with `--json`. */
export function volactJson(...args: readonly string[]): Readonly<Record<string, unknown>> {
  const { status, stdout, stderr } = volact(...args, '--json')
  if (status !== 0) throw new Error(`volact ${args.join(' ')} ended with ${String(status)}: ${stderr}`)
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>
}

/** A process that runs until it is stopped, or the test ends. */
export interface Started {
  /** What it printed first. */
  readonly line: string
  /** Sends the signal and returns the exit status. */
  stop(signal: 'SIGINT' | 'SIGTERM'): Promise<number | null>
  /** Sends the signal that has settings read again. */
  hangUp(): void
}

/** Starts a command that stays, and waits for its first line. */
export async function start(more: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Started> {
  const env = { ...process.env, ...more }
  const child = spawn(process.execPath, [...program, ...args], { env, stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const line = await firstLine(child)
  const stop = async (signal: 'SIGINT' | 'SIGTERM'): Promise<number | null> => {
    child.kill(signal)
    const [status] = (await once(child, 'exit')) as [number | null]
    return status
  }
  return { line, stop, hangUp: () => void child.kill('SIGHUP') }
}

/** A service that runs. */
export interface Served extends Started {
  readonly address: string
}

/** Starts a service and waits for the line that says where it listens. */
export async function serve(...args: readonly string[]): Promise<Served> {
  const started = await start({}, ...args, '--json')
  const { address } = JSON.parse(started.line) as { readonly address: string }
  return { ...started, address }
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the output goes elsewhere')
  for await (const line of createInterface({ input: stdout })) return line
  throw new Error('it ended without a word')
}
