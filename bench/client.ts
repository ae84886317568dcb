// usage: npm run build && npm run bench -- client [--json]
// Measures what the SDK costs the program that embeds it: size, packages, time to start and memory, beside a Node that does nothing.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

interface Cost {
  readonly medianMilliseconds: number
  readonly megabytes: number
}

const rounds = 11
const root = dirname(import.meta.dirname)
const packages = ['core', 'files', 'client'] as const
const machine = licensedMachine()
try {
  const node = cost('')
  const client = cost(program(machine.folder, join('dist', 'index.js')))
  const source = cost(program(machine.folder, join('src', 'index.ts')), ['--conditions=volact-source'])
  report({ ...published(), node, client, source })
} finally {
  rmSync(machine.parent, { recursive: true, force: true })
}

/** A folder of a client that has a lease, as a lab leaves it behind. */
function licensedMachine(): { readonly parent: string; readonly folder: string } {
  const main = join(root, 'apps', 'cli', 'dist', 'main.js')
  if (!existsSync(main)) throw new Error(`${main} is missing: run "npm run build" first`)
  const parent = mkdtempSync(join(tmpdir(), 'volact-bench-'))
  const { status, stderr } = spawnSync(process.execPath, [main, 'lab', '--once', '--dir', join(parent, 'lab')], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return { parent, folder: join(parent, 'lab', 'machines', '001') }
}

/** What a product does when it starts: it takes its vendor from its own files, opens the store and looks at its license. */
function program(folder: string, entry: string): string {
  const [vendor = ''] = readdirSync(join(folder, 'vendors'))
  const file = (name: string): string => JSON.stringify(join(folder, 'vendors', vendor, name))
  return `
    import { readFileSync } from 'node:fs'
    import { openClient, vendorFromPack } from ${JSON.stringify(join(root, 'packages', 'client', entry))}
    const vendors = [vendorFromPack(readFileSync(${file('pack.cose')}), readFileSync(${file('root.pem')}))]
    const client = await openClient({ vendors, dir: ${JSON.stringify(folder)}, allowTestRoots: true })
    if (!client.license().licensed) throw new Error(client.license().message)`
}

/** Starts a fresh process each time, and takes the time until it has ended; memory is the most that was ever resident. */
function cost(source: string, flags: readonly string[] = []): Cost {
  const script = `${source}\nconsole.log(process.resourceUsage().maxRSS)`
  const runs = Array.from({ length: rounds }, () => {
    const start = performance.now()
    const kilobytes = execFileSync(process.execPath, [...flags, '--input-type=module', '--eval', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'], // The banner of the test root is not what is measured.
    })
    return { milliseconds: performance.now() - start, megabytes: Number(kilobytes.trim().split('\n').at(-1)) / 1_000 }
  })
  return {
    medianMilliseconds: median(runs.map(({ milliseconds }) => milliseconds)),
    megabytes: median(runs.map(({ megabytes }) => megabytes)),
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

interface Published {
  readonly packedKilobytes: number
  readonly unpackedKilobytes: number
  readonly ownPackages: number
  /** Packages that are not ours, counted from what is declared. */
  readonly otherPackages: number
}

function published(): Published {
  const packed = packages.map((name) => {
    const printed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: join(root, 'packages', name),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [first] = Object.values(JSON.parse(printed) as Record<string, { size: number; unpackedSize: number }>)
    if (first === undefined) throw new Error(`npm pack says nothing about ${name}`)
    return first
  })
  const sum = (values: readonly number[]): number => Math.round(values.reduce((all, one) => all + one, 0) / 1_000)
  const others = packages.flatMap(dependenciesOf).filter((name) => !name.startsWith('@volact/'))
  return {
    packedKilobytes: sum(packed.map(({ size }) => size)),
    unpackedKilobytes: sum(packed.map(({ unpackedSize }) => unpackedSize)),
    ownPackages: packages.length,
    otherPackages: new Set(others).size,
  }
}

function dependenciesOf(name: string): readonly string[] {
  const file = readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')
  const { dependencies = {} } = JSON.parse(file) as { readonly dependencies?: Readonly<Record<string, string>> }
  return Object.keys(dependencies)
}

function report(result: Published & Readonly<Record<'node' | 'client' | 'source', Cost>>): void {
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify(result)}\n`)
    return
  }
  const { node, client, source } = result
  process.stdout.write(`Node ${process.version}, ${String(rounds)} starts each\n\n`)
  process.stdout.write('| | start ms | of bare node | MB at the most | of bare node |\n|---|---|---|---|---|\n')
  for (const [name, one] of Object.entries({
    'bare node': node,
    'client, built': client,
    'client, from source': source,
  })) {
    const { medianMilliseconds, megabytes } = one
    const times = [medianMilliseconds / node.medianMilliseconds, megabytes / node.megabytes].map((value) =>
      value.toFixed(2),
    )
    const cells = [name, medianMilliseconds.toFixed(0), times[0], megabytes.toFixed(0), times[1]]
    process.stdout.write(`| ${cells.join(' | ')} |\n`)
  }
  process.stdout.write('\n')
  process.stdout.write(
    `${String(result.ownPackages)} packages of our own and ${String(result.otherPackages)} others; ` +
      `${String(result.packedKilobytes)} kB to fetch, ${String(result.unpackedKilobytes)} kB on the disk\n`,
  )
}
