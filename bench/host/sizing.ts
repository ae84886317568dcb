// usage: npm run build && npm run bench -- sizing [--up-to MACHINES] [--json]
// Measures disk, memory and bandwidth of hosts whose machines have renewed weekly for a year; docs/sizing.md has the table.
import { globSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { parseArgs } from 'node:util'
import { cacheFolder } from './cache.ts'
import { copyHost } from './copy-host.ts'
import { load, type LoadResult } from './generator.ts'
import { chooseCores } from './pinning.ts'
import { prepare, type Prepared } from './prepare.ts'
import { startHostServer } from './server.ts'
import { endOfYear, weeks, writeYear } from './year.ts'

/** Bytes of the files of a host, by what they are for. */
type Files = Readonly<Record<string, number>>

interface Size {
  readonly machines: number
  readonly files: Files
  readonly residentMB: number
}

/** What one exchange costs the network: bytes of frames, and of all packets with their headers. */
interface Exchange {
  readonly asked: number
  readonly answered: number
  readonly packets: number
  readonly onTheWire: number
}

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== 'sizing'),
  options: { 'up-to': { type: 'string' }, json: { type: 'boolean' } },
})
const most = Number(values['up-to'] ?? 100_000)
const say = (text: string): void => void process.stderr.write(`${text}\n`)

mkdirSync(cacheFolder, { recursive: true })
const prepared = await prepare(2_000, say)
const sizes: Size[] = []
for (let machines = 100; machines <= most; machines *= 10) sizes.push(await sizeOf(machines))
const renewal = await exchangeOf(prepared.renewals)
const first = await exchangeOf(prepared.firsts)
if (values.json === true) process.stdout.write(`${JSON.stringify({ weeks, sizes, renewal, first })}\n`)
else report()

async function sizeOf(machines: number): Promise<Size> {
  say(`a year of ${String(machines)} machines …`)
  const folder = join(cacheFolder, 'sizing')
  rmSync(folder, { recursive: true, force: true })
  const dir = await writeYear(folder, machines, prepared.renewals)
  // The first start makes everything that a host makes of its ledger, and its garbage; the second is what is measured.
  await run(dir)
  const residentMB = await run(dir)
  const files = filesOf(dir)
  rmSync(folder, { recursive: true, force: true })
  return { machines, files, residentMB }
}

async function run(dir: string): Promise<number> {
  const server = await startHostServer({ dir, time: endOfYear }, undefined)
  try {
    await server.settled()
    return server.resident()
  } finally {
    await server.stop()
  }
}

function filesOf(dir: string): Files {
  const files: Record<string, number> = {}
  for (const path of globSync(join(dir, '**', '*'))) {
    const status = statSync(path)
    if (!status.isFile()) continue
    const purpose = purposeOf(relative(dir, path))
    files[purpose] = (files[purpose] ?? 0) + status.size
  }
  return files
}

/** Says what a file is for: a folder of the ledger, the index, or another one of the host's. */
function purposeOf(path: string): string {
  const parts = path.split(sep)
  const ledger = parts.indexOf('ledger')
  if (ledger >= 0 && ledger < parts.length - 2) return parts[ledger + 1] ?? ''
  const name = parts.at(-1) ?? ''
  if (name.startsWith('index')) return 'index'
  return name.startsWith('state') ? 'snapshot' : 'other'
}

async function exchangeOf(requests: string): Promise<Exchange> {
  const { time }: Prepared = prepared
  const dir = join(cacheFolder, 'run')
  copyHost(prepared.host, dir)
  const cores = chooseCores()
  const server = await startHostServer({ dir, time }, cores.server)
  try {
    const before = loopback()
    const result: LoadResult = await load(
      { address: server.address, requests, mode: 'fresh', count: 1_000 },
      cores.generator,
    )
    const after = loopback()
    return {
      asked: Math.round(result.bytesOut / result.asked),
      answered: Math.round(result.bytesIn / result.answered),
      packets: (after.packets - before.packets) / result.asked,
      onTheWire: Math.round((after.bytes - before.bytes) / result.asked),
    }
  } finally {
    await server.stop()
  }
}

/** What has gone over the loopback interface since the system started; whatever else uses it meanwhile is counted, too. */
function loopback(): { readonly bytes: number; readonly packets: number } {
  const line = /^\s*lo:\s*(.*)$/m.exec(readFileSync('/proc/net/dev', 'utf8'))?.[1] ?? ''
  const [bytes = 0, packets = 0] = line.trim().split(/\s+/).map(Number)
  return { bytes, packets }
}

function report(): void {
  const purposes = [...new Set(sizes.flatMap(({ files }) => Object.keys(files)))].toSorted()
  const head = ['machines', ...purposes, 'all, MB', 'memory, MB']
  const print = (cells: readonly string[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`)
  print(head)
  print(head.map(() => '---'))
  for (const { machines, files, residentMB } of sizes) {
    const all = Object.values(files).reduce((sum, bytes) => sum + bytes, 0)
    const cells = [...purposes.map((purpose) => files[purpose] ?? 0), all].map((bytes) => (bytes / 1e6).toFixed(1))
    print([String(machines), ...cells, residentMB.toFixed(0)])
  }
  for (const [name, { asked, answered, packets, onTheWire }] of Object.entries({
    renewal,
    'first activation': first,
  })) {
    const parts = `${String(asked)} bytes asked, ${String(answered)} answered, ${String(onTheWire)} with all headers in ${packets.toFixed(1)} packets`
    process.stdout.write(`\n${name}: ${parts}\n`)
  }
}
