import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '@volact/core/crypto'
import { concat } from '@volact/core/bytes'
import { rounds } from '@volact/testkit/rounds'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { everything, grace } from './everything.fixture.ts'
import { catalog, digestOf, happenings, History, productId } from './history.fixture.ts'
import type { LogState } from './log-state.ts'
import { StateKeeper } from './state-keeper.ts'
import { openState, type StateLedger } from './open-state.ts'
import { snapshotMark } from './snapshot-format.ts'
import { writeSnapshot } from './snapshot-writer.ts'

const logId = digestOf('log', 0)

/** What the snapshot is compared with in place of a tree: the digest of all entries up to a size. */
function rootAt({ bytes }: History, size: number): Uint8Array {
  return sha256(concat(new Uint8Array(0), ...bytes.slice(0, size)))
}

function ledgerOf(history: History): StateLedger {
  return {
    size: history.bytes.length,
    rootAt: (size) => rootAt(history, size),
    entry: (index) => history.bytes[index],
    entries: (from = 0) => history.bytes.slice(from),
  }
}

function sourceOf(history: History): { logId: Uint8Array; size: number; root(): Uint8Array } {
  return {
    logId,
    get size() {
      return history.bytes.length
    },
    root: () => rootAt(history, history.bytes.length),
  }
}

function fail(text: string): never {
  throw new Error(text)
}

function flip(path: string): void {
  const bytes = readFileSync(path)
  bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

function someHistory(): History {
  const history = new History()
  for (let machine = 0; machine < 4; machine += 1) {
    history.add({ after: 60, machine, product: machine, anchor: machine, flags: 0, what: 'grant' })
  }
  return history
}

function open(history: History, snapshot: string): { state: LogState; notes: string[] } {
  const notes: string[] = []
  const note = (text: string): void => void notes.push(text)
  return { state: openState(catalog, ledgerOf(history), { snapshot, logId, note }), notes }
}

describe('a snapshot', () => {
  it('with the entries behind it gives the state that all entries give, wherever it was begun and ended', async () => {
    const dir = temporaryFolder()
    let number = 0
    await fc.assert(
      fc.asyncProperty(happenings, happenings, happenings, async (before, during, behind) => {
        const path = join(dir, String((number += 1)))
        const history = new History()
        for (const happening of before) history.add(happening)
        const written = writeSnapshot(path, history.state.parts, sourceOf(history), { machinesPerStep: 1 })
        for (const happening of during) {
          history.add(happening)
          await setImmediate()
        }
        await written
        for (const happening of behind) history.add(happening)
        const { state: restored, notes } = open(history, path)
        const { state: rebuilt } = open(history, `${path}.none`)
        expect(notes).toEqual([])
        expect(everything(restored, history.time)).toEqual(everything(history.state, history.time))
        expect(everything(rebuilt, history.time)).toEqual(everything(history.state, history.time))
        if (during.length === 0) expect(grace(restored)).toEqual(grace(history.state))
        expect(grace(rebuilt)).toEqual(grace(history.state))
      }),
      { numRuns: rounds(200) },
    )
  })

  it('keeps what rests unverified, and what it goes back to (rule 15)', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, happenings, async (before, behind) => {
        const path = join(temporaryFolder(), 'snapshot')
        const history = new History()
        for (const happening of before) history.add(happening)
        await writeSnapshot(path, history.state.parts, sourceOf(history))
        for (const happening of behind) history.add(happening)
        const restored = openState(catalog, ledgerOf(history), { snapshot: path, logId, verified: 0, note: fail })
        for (let machine = 0; machine < 6; machine += 1) {
          for (let product = 0; product < 6; product += 1) {
            const ref = history.ref({ machine, product })
            if (ref === -1 || !history.state.unverified(ref)) continue
            history.state.takeBack(ref)
            restored.takeBack(restored.ref(digestOf('machine', machine), 0, productId(product), 0))
          }
        }
        expect(everything(restored, history.time)).toEqual(everything(history.state, history.time))
      }),
      { numRuns: rounds(200) },
    )
  })

  it.each([
    [
      'damaged',
      'it is damaged',
      (path: string) => {
        flip(path)
      },
    ],
    [
      'cut',
      'it is damaged',
      (path: string) => {
        writeFileSync(path, readFileSync(path).subarray(0, 100))
      },
    ],
    [
      'empty',
      'it is damaged',
      (path: string) => {
        writeFileSync(path, '')
      },
    ],
    [
      'of another format',
      'another version has written it',
      (path: string) => {
        const bytes = readFileSync(path)
        new Uint32Array(bytes.buffer, bytes.byteOffset, 1)[0] = snapshotMark - 1
        writeFileSync(path, bytes)
      },
    ],
  ])('that is %s is left aside with a note, and everything is read from the entries', async (_, why, spoil) => {
    const path = join(temporaryFolder(), 'snapshot')
    const history = someHistory()
    await writeSnapshot(path, history.state.parts, sourceOf(history))
    spoil(path)
    const { state, notes } = open(history, path)
    expect(notes).toEqual([`the snapshot ${path} is left aside: ${why}`])
    expect(everything(state, history.time)).toEqual(everything(history.state, history.time))
  })

  it('is left aside wherever a byte of it is wrong: each part is checked before it is believed', async () => {
    const path = join(temporaryFolder(), 'snapshot')
    const history = someHistory()
    await writeSnapshot(path, history.state.parts, sourceOf(history))
    const good = readFileSync(path)
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bad = Buffer.from(good)
        bad[at] = (good[at] ?? 0) ^ change
        writeFileSync(path, bad)
        const { state, notes } = open(history, path)
        expect(notes).toHaveLength(1)
        expect(everything(state, history.time)).toEqual(everything(history.state, history.time))
      }),
      { numRuns: rounds(300) },
    )
  })

  it('of another ledger, of a longer one, or of one that went another way is left aside', async () => {
    const path = join(temporaryFolder(), 'snapshot')
    const history = someHistory()
    const source = sourceOf(history)
    await writeSnapshot(path, history.state.parts, { ...source, size: source.size, logId: digestOf('log', 1) })
    expect(open(history, path).notes[0]).toContain('it is of another ledger')
    await writeSnapshot(path, history.state.parts, { logId, size: source.size + 1, root: () => source.root() })
    expect(open(history, path).notes[0]).toContain(`it is of ${source.size + 1} entries, and the ledger has`)
    await writeSnapshot(path, history.state.parts, { logId, size: source.size, root: () => digestOf('root', 0) })
    expect(open(history, path).notes[0]).toContain('its root is not in the tree')
  })

  it('is not finished when a batch was taken back meanwhile, or it is no longer wanted', async () => {
    const path = join(temporaryFolder(), 'snapshot')
    const history = someHistory()
    const written = writeSnapshot(path, history.state.parts, sourceOf(history), { machinesPerStep: 1 })
    await setImmediate()
    history.fail([])
    expect(await written).toBe(false)
    expect(await writeSnapshot(path, history.state.parts, sourceOf(history), { isWanted: () => false })).toBe(false)
    expect(existsSync(path)).toBe(false)
  })

  it('waits for the batch on its way to the disk, so that it never knows more than the ledger', async () => {
    const path = join(temporaryFolder(), 'snapshot')
    const history = someHistory()
    history.state.begin((index) => history.bytes[index])
    const written = writeSnapshot(path, history.state.parts, sourceOf(history))
    await setImmediate()
    await setImmediate()
    expect(existsSync(`${path}.new`) && statSync(`${path}.new`).size).toBe(0)
    history.state.commit()
    expect(await written).toBe(true)
  })

  it('is written by the keeper when it closes, and taken away with a machine that is forgotten (rule 31)', async () => {
    const path = join(temporaryFolder(), 'snapshot')
    const history = someHistory()
    const { state } = history
    const keeper = new StateKeeper({ snapshot: path, state, source: sourceOf(history), note: fail })
    await keeper.write()
    await state.forget(digestOf('machine', 0))
    await keeper.drop()
    expect(existsSync(path)).toBe(false)
    await keeper.close()
    const restored = openState(catalog, ledgerOf(history), { snapshot: path, logId, note: fail })
    expect(restored.license(digestOf('machine', 0), productId(0))).toBeUndefined()
    expect(everything(restored, history.time)).toEqual(everything(state, history.time))
  })

  it('is written again by a start that had entries to take in behind it, so that the next one has not', async () => {
    const path = join(temporaryFolder(), 'snapshot')
    const history = someHistory()
    await writeSnapshot(path, history.state.parts, sourceOf(history))
    const { size: before } = sourceOf(history)
    history.add({ after: 60, machine: 9, product: 0, anchor: 9, flags: 0, what: 'grant' })
    const options = { snapshot: path, logId, note: fail }
    const state = openState(catalog, ledgerOf(history), options)
    expect(state.restoredUpTo).toBe(before)
    const keeper = new StateKeeper({ snapshot: path, state, source: sourceOf(history), note: fail })
    keeper.start()
    await keeper.close()
    expect(openState(catalog, ledgerOf(history), options).restoredUpTo).toBe(history.bytes.length)
  })
})
