import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { cacheFolder } from './cache.ts'
import { compiled } from './generator.ts'
import { pinned } from './pinning.ts'
import type { HostFigures, ServeOptions } from './serve.ts'

/** A server process that is driven. */
export interface Server {
  readonly address: string
  readonly pid: number
  /** Milliseconds from the start of the process until it listened. */
  readonly startMilliseconds: number
  /** Megabytes of resident memory. */
  resident(): number
  /** Ends it as an administrator does, and waits for that. */
  stop(): Promise<void>
  /** Ends it as a power cut does. */
  kill(): Promise<void>
}

/** A host that is driven, and says how it is. */
export interface HostServer extends Server {
  figures(): Promise<HostFigures>
  /** Waits until nothing is left to verify and the index has come up. */
  settled(): Promise<void>
}

/** Starts the bare echo of node:net. */
export function startEcho(ask: number, give: number, core: number | undefined): Promise<Server> {
  return start(process.execPath, [plain('echo'), String(ask), String(give)], core)
}

/** Starts the same echo, written in C. */
export function startBareEcho(ask: number, give: number, core: number | undefined): Promise<Server> {
  return start(compiled('echo'), [String(ask), String(give)], core)
}

/** Starts a host on a folder, from what `npm run build` has made. */
export async function startHostServer(
  options: ServeOptions,
  core: number | undefined,
  flags: readonly string[] = [],
): Promise<HostServer> {
  const server = await start(process.execPath, [...flags, plain('serve'), JSON.stringify(options)], core)
  const figures = async (): Promise<HostFigures> => JSON.parse(await server.ask('figures')) as HostFigures
  return {
    ...server,
    figures,
    settled: async () => {
      for (
        let { unverified, behind } = await figures();
        unverified + behind > 0;
        { unverified, behind } = await figures()
      )
        await wait(50)
    },
  }
}

interface Asked extends Server {
  /** Sends a line, and gives the line that comes back. */
  ask(line: string): Promise<string>
}

async function start(command: string, args: readonly string[], core: number | undefined): Promise<Asked> {
  const begun = performance.now()
  const child = spawn(...pinned(core, command, args), { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const { address } = JSON.parse(await nextLine(child, lines)) as { address: string }
  const startMilliseconds = performance.now() - begun
  return {
    ...{ address, pid: child.pid ?? 0, startMilliseconds },
    resident: () => residentMegabytes(child.pid),
    ask: (line) => {
      child.stdin.write(`${line}\n`)
      return nextLine(child, lines)
    },
    stop: async () => {
      child.stdin.end()
      await ended(child)
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended(child)
    },
  }
}

async function nextLine(child: ChildProcess, lines: Interface): Promise<string> {
  const controller = new AbortController()
  const line = once(lines, 'line', { signal: controller.signal }) as Promise<[string]>
  const end = once(child, 'exit', { signal: controller.signal }).then((): never => {
    throw new Error(`the server ended with ${String(child.exitCode ?? child.signalCode)}`)
  })
  try {
    return (await Promise.race([line, end]))[0]
  } finally {
    controller.abort()
    await Promise.allSettled([line, end])
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

function residentMegabytes(pid: number | undefined): number {
  const [, kilobytes = ''] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8')) ?? []
  return (Number(kilobytes) * 1_024) / 1e6
}

/**
 * Makes plain JavaScript of one of the servers beside this file, so that the memory of Node's type stripper is not measured with it; what
 * it imports is found as a published package is, built.
 */
function plain(name: 'serve' | 'echo'): string {
  const source = readFileSync(join(import.meta.dirname, `${name}.ts`), 'utf8')
  mkdirSync(cacheFolder, { recursive: true })
  const path = join(cacheFolder, `${name}.mjs`)
  writeFileSync(path, stripTypeScriptTypes(source))
  return path
}
