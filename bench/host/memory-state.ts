import { rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, cpuUsage, memoryUsage, pid, stdout } from 'node:process'
import { setImmediate } from 'node:timers/promises'
import { parseCatalog } from '@volact/core/catalog/parse-catalog'
import type { Catalog } from '@volact/core/catalog/catalog'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { encodeGrant, type Grant } from '@volact/core/document/grant'
import { issueProductKey } from '@volact/core/product-key/issue-product-key'
import { formatProductKey } from '@volact/core/product-key/product-key'
import { days } from '@volact/core/time'
import { applyBytes } from '@volact/host/state/apply-entry'
import { LogState } from '@volact/host/state/log-state'
import { openState } from '@volact/host/state/open-state'
import { writeSnapshot } from '@volact/host/state/snapshot-writer'

// Measures what the host remembers of a number of machines, what finding one costs, and what a snapshot and its restoring take:
//   node --conditions=volact-source --expose-gc bench/host/memory-state.ts [machines]

const start = 1_767_225_600
const machines = Number(argv[2] ?? 1_000_000)
const lookups = 1_000_000

const catalog = makeCatalog()
const product = uuidToBytes(catalog.products[0]?.activationId ?? '')
const [application] = catalog.applications
const [family] = catalog.families

const before = rss()
const state = new LogState(catalog, () => undefined, new Uint8Array(16).fill(9))
const began = spent()
for (let number = 0; number < machines; number += 1) state.apply({ kind: 'grant', grant: grantOf(number) })
const built = spent() - began
const after = rss()
const figures = state.figures()
const findMicroseconds = timed((machine) => state.ref(machine, 0, product, 0))
const missMicroseconds = timed((machine) => {
  machine[31] = (machine[31] ?? 0) ^ 1
  return state.ref(machine, 0, product, 0)
})
const renewal = {
  index: machines,
  cti: new Uint8Array(16),
  issued: start + days(20),
  expires: start + days(200),
}
const renewMicroseconds = timed((machine) => {
  state.begin(() => undefined)
  renewal.index += 1
  state.renew(state.ref(machine, 0, product, 0), renewal)
  state.commit()
  return 0
})
const countStart = spent()
const count = application && family && state.count(application, family, false, start + days(20))
const countMicroseconds = spent() - countStart
const snapshot = join(tmpdir(), `volact-state-${pid}`)
const snapshotFigures = await measureSnapshot()
const restoreMilliseconds = [0, 1, 2, 3, 4].map(() => restore())
const replayMicroseconds = [0, 1, 2].map(() => replay())
rmSync(snapshot)

stdout.write(
  `${JSON.stringify(
    {
      machines,
      bytesPerMachine: round(figures.bytes / machines),
      residentBytesPerMachine: round((after - before) / machines),
      memoryPerMillionMB: round((after - before) / machines),
      buildMicroseconds: round(built / machines),
      ...{ findMicroseconds, missMicroseconds, renewMicroseconds, countMicroseconds: round(countMicroseconds) },
      count,
      ...{ ...snapshotFigures, restoreMilliseconds, replayMicroseconds },
    },
    undefined,
    2,
  )}\n`,
)

/** Writes a snapshot; each turn of the event loop has one of its steps. */
async function measureSnapshot(): Promise<object> {
  const source = { logId: new Uint8Array(32), size: machines, root: () => new Uint8Array(32) }
  const begin = spent()
  const progress = { isWriting: true }
  const written = writeSnapshot(snapshot, state.parts, source).finally(() => {
    progress.isWriting = false
  })
  let steps = 0
  for (; progress.isWriting; steps += 1) await setImmediate()
  await written
  const milliseconds = (spent() - begin) / 1_000
  return {
    snapshotMB: round(statSync(snapshot).size / 1e6),
    snapshotMilliseconds: round(milliseconds),
    millisecondsPerTurn: round2(milliseconds / steps),
  }
}

/** Milliseconds of processor time in which the snapshot is checked and taken in. */
function restore(): number {
  const ledger = { size: machines, rootAt: () => new Uint8Array(32), entry: () => undefined, entries: () => [] }
  const note = (text: string): never => {
    throw new Error(text)
  }
  const begin = cpuUsage()
  const restored = openState(catalog, ledger, { snapshot, logId: new Uint8Array(32), note })
  const { user, system } = cpuUsage(begin)
  if (restored.machines !== machines) throw new Error(`${restored.machines} machines were restored`)
  return round((user + system) / 1_000)
}

/** Microseconds of processor time in which each of 100,000 renewals behind the snapshot is taken in again. */
function replay(): number {
  const count = 100_000
  const renewals = Array.from({ length: count }, (_, place) => {
    const grant = grantOf((place * 7_919) % machines)
    return encodeGrant({ ...grant, index: machines + place, issued: start + days(20), expires: start + days(200) })
  })
  const begin = cpuUsage()
  for (const bytes of renewals) applyBytes(state.parts, bytes)
  const { user, system } = cpuUsage(begin)
  return round2((user + system) / count)
}

/** Mean microseconds of something done to machines in random order, above making up their IDs. */
function timed(run: (machine: Uint8Array) => number): number {
  const ids = Array.from({ length: 10_000 }, (_, at) => machineId((at * 7_919_317) % machines))
  for (const id of ids) run(id.slice())
  const begin = spent()
  let found = 0
  for (let round = 0; round < lookups / ids.length; round += 1) for (const id of ids) found += run(id)
  return round2((spent() - begin) / lookups) + found * 0
}

/** Microseconds of processor time: other work on the machine does not count. */
function spent(): number {
  return cpuUsage().user
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function round2(value: number): number {
  return Math.round(value * 1_000) / 1_000
}

function rss(): number {
  globalThis.gc?.()
  return memoryUsage().rss
}

/** Different for each machine; the state digests it anyway. */
function machineId(number: number): Uint8Array {
  const id = new Uint8Array(32)
  new DataView(id.buffer).setUint32(0, number)
  new DataView(id.buffer).setUint32(8, Math.imul(number, 0x9e3779b1))
  return id
}

function grantOf(number: number): Grant {
  const machine = machineId(number)
  return {
    ...{ logId: new Uint8Array(32), machine, expires: start + days(180), notBefore: start, issued: start, product },
    ...{
      cti: machine.subarray(0, 16),
      nonce: machine.subarray(0, 16),
      anchor: machine.map((byte, at) => (at === 31 ? 1 : byte)),
    },
    ...{ count: 1, threshold: 1, thresholdSource: 'policy', activationMinutes: 120, renewalMinutes: 10_080 },
    ...{ features: [], index: number, req: machine, detailsDigest: machine, state: 2 },
    flags: { weak: false, virtual: false, ephemeral: false },
  }
}

function makeCatalog(): Catalog {
  const setupKey = formatProductKey(issueProductKey({ kind: 'setup', group: 1, serial: 1, random: new Uint8Array(8) }))
  const parsed = parseCatalog({
    format: 1,
    vendor: { id: 'example', name: 'Example', contacts: { email: 'activation@example.com' } },
    applications: [{ id: '00000000-0000-4000-8000-000000000001', slug: 'office', name: 'Office' }],
    families: [{ slug: 'desktop', name: 'Desktop', application: 'office', threshold: 25 }],
    groups: [{ slug: 'client', name: 'Client', number: 1 }],
    products: [
      {
        ...{ activationId: '00000000-0000-4000-8000-000000000002', slug: 'desktop-1', name: 'Desktop 1' },
        ...{ edition: 'Standard', family: 'desktop', group: 'client', generation: 1, setupKey },
      },
    ],
  })
  if ('catalog' in parsed) return parsed.catalog
  throw new Error(JSON.stringify(parsed.problems))
}
