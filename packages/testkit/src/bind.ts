import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { freePort } from './free-port.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A real DNS server that runs until the test ends. */
export interface Bind {
  /** `127.0.0.1:PORT`. */
  readonly address: string
  readonly port: number
  /** Asks it with `dig` and gives the short answer. */
  dig(...question: readonly string[]): string
  /** Ends it, as the end of the test does. */
  stop(): Promise<void>
}

/** A zone: its records beside SOA and NS, and what else named.conf says of it, such as who may change it. */
export type BindZone = string | { readonly records?: string; readonly statements: string }

/** A key that BIND makes: what named.conf includes, and a file with the same that only its owner may read. */
export interface BindKey {
  readonly name: string
  readonly text: string
  readonly file: string
}

/** By full path: an administrator's programs are not on everybody's. */
const [named, digPath, keygen] = ['/usr/sbin/named', '/usr/bin/dig', '/usr/sbin/tsig-keygen']

/** Makes a key for updates, as an administrator does. */
export function makeBindKey(name: string, algorithm = 'hmac-sha256'): BindKey {
  const made = spawnSync(keygen, ['-a', algorithm, name], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`tsig-keygen: ${made.stderr}`)
  const file = join(temporaryFolder(), `${name}.key`)
  writeFileSync(file, made.stdout, { mode: 0o600 })
  return { name, text: made.stdout, file }
}

/**
 * Starts BIND on a free port of the loopback with these zones and keys, and waits until it answers.
 */
export async function startBind(
  zones: Readonly<Record<string, BindZone>>,
  keys: readonly BindKey[] = [],
): Promise<Bind> {
  const dir = temporaryFolder()
  for (let tries = 1; ; tries++) {
    const port = await freePort()
    writeZones(dir, port, zones, keys)
    const child = spawn(named, ['-c', join(dir, 'named.conf'), '-g', '-n', '1'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const stop = async (): Promise<void> => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    onTestFinished(stop)
    const said = await runningOrDead(child)
    if (said === undefined)
      return { address: `127.0.0.1:${String(port)}`, port, dig: (...question) => dig(port, question), stop }
    // Somebody else may have taken the port meanwhile.
    if (tries === 3) throw new Error(`BIND does not start: ${said}`)
  }
}

/** Gives nothing once it runs, and what it said when it has ended. */
async function runningOrDead({ stderr }: ChildProcess): Promise<string | undefined> {
  if (stderr === null) throw new Error('its words go elsewhere')
  const words: string[] = []
  const lines = createInterface({ input: stderr })
  for await (const line of lines) {
    words.push(line)
    if (!line.endsWith(' running')) continue
    // Who does not go on reading stops it when the pipe is full.
    stderr.resume()
    return undefined
  }
  return words.slice(-5).join('\n')
}

function dig(port: number, question: readonly string[]): string {
  const args = ['+short', '+time=2', '+tries=2', '@127.0.0.1', '-p', String(port), ...question]
  return spawnSync(digPath, args, { encoding: 'utf8' }).stdout.trim()
}

function writeZones(
  dir: string,
  port: number,
  zones: Readonly<Record<string, BindZone>>,
  keys: readonly BindKey[],
): void {
  mkdirSync(join(dir, 'zones'), { recursive: true })
  const lines = Object.entries(zones).map(([name, zone]) => {
    const { records = '', statements } = typeof zone === 'string' ? { records: zone, statements: '' } : zone
    writeFileSync(join(dir, 'zones', name), zoneText(records))
    return `zone "${name}" { type master; file "zones/${name}"; ${statements} };`
  })
  const texts = keys.map(({ text }) => text)
  writeFileSync(join(dir, 'named.conf'), [...texts, options(dir, port), 'controls { };', ...lines, ''].join('\n'))
}

function options(dir: string, port: number): string {
  return `options { directory "${dir}"; pid-file "${dir}/named.pid"; session-keyfile "${dir}/session.key"; lock-file none;
  managed-keys-directory "${dir}"; listen-on port ${String(port)} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; notify no; allow-transfer { none; }; };`
}

function zoneText(records: string): string {
  return `$TTL 60\n@ IN SOA ns admin ( 1 3600 600 86400 60 )\n@ IN NS ns\nns IN A 127.0.0.1\n${records}\n`
}
