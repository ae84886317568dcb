import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toHex } from '@volact/core/bytes'
import { days } from '@volact/core/time'
import { openSqliteToRead } from '@volact/storage/open-sqlite'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { expect, it } from 'vitest'
import { start } from '../vendor.fixture.ts'
import { eraseMachine } from './erase-machine.ts'
import { random } from './index.fixture.ts'
import { IndexKeeper } from './index-keeper.ts'
import { openIndex } from './open-index.ts'
import type { TalliedRefusal } from './refusal-tally.ts'

interface Row {
  readonly machine: Uint8Array
  readonly name: string
  readonly address: string
  readonly anchor: Uint8Array
}

/** An index of machines whose rows have moved from page to page. */
async function indexOf(rows: readonly Row[]): Promise<string> {
  const path = join(temporaryFolder(), 'index.db')
  const { db } = await openIndex(path, 0)
  db.exec(`insert into vendors values (1, 'example', '', 0, 0); begin`)
  const insert =
    db.prepare(`insert into machines (vendor, machine, product, first_seen, last_seen, name, address, anchor)
    values (1, ?, 1, 0, 0, ?, ?, ?)`)
  for (const { machine, name, address, anchor } of rows) insert.run(machine, name, address, anchor)
  const change = db.prepare('update machines set version = ? where machine = ?')
  for (const { machine } of rows) change.run('v'.repeat(machine[0] ?? 0), machine)
  db.exec('commit')
  db.close()
  return path
}

function rowOf(number: number): Row {
  const text = toHex(random(6))
  return { machine: random(32), name: `pc-${text}`, address: `fd00::${text}:${String(number)}`, anchor: random(32) }
}

it('nothing of a machine that is forgotten is left in any page of the index (rule 31)', async () => {
  const rows = Array.from({ length: 1_000 }, (_, number) => rowOf(number))
  const path = await indexOf(rows)
  const gone = rows.filter((_, place) => place % 100 === 7)
  for (const { machine } of gone) await eraseMachine(path, { vendor: 'example', machine, entries: [] })
  const bytes = readFileSync(path)
  for (const { machine, name, address, anchor } of gone) {
    for (const trace of [machine, anchor]) expect(bytes.includes(Buffer.from(trace))).toBe(false)
    for (const trace of [name, address]) expect(bytes.includes(trace)).toBe(false)
  }
  expect(bytes.includes(rows[0]?.name ?? '')).toBe(true)
})

it('who reads on in what was there before keeps nobody in the belief that it is erased (rule 31)', async () => {
  const rows = [rowOf(1), rowOf(2)]
  const path = await indexOf(rows)
  const [{ machine, name } = rowOf(3)] = rows
  const reader = await openSqliteToRead(path)
  reader.exec('begin')
  reader.prepare('select count(*) from machines').get()
  const forgotten = { vendor: 'example', machine, entries: [] }
  await expect(eraseMachine(path, forgotten, 10)).rejects.toMatchObject({ code: 'FOLDER_IN_USE' })
  reader.close()
  await eraseMachine(path, forgotten, 10)
  expect(readFileSync(path).includes(name)).toBe(false)
})

it('what is kept for a shorter time from now on is dropped on the same day, and what was set longer is not (rule 32)', async () => {
  const path = join(temporaryFolder(), 'index.db')
  const keeper = new IndexKeeper({ path, vendors: [], patience: 0, note: () => undefined })
  const at = start - days(300)
  const kind = { vendor: '', machine: toHex(random(32)), product: '', code: 'REFUSED' }
  keeper.tell({
    refusals: [{ ...kind, first: at, last: at, times: 1, latest: { address: '192.0.2.1' } }],
    events: [{ time: at, event: { id: 12294, vendor: '', fields: ['corp.test'] } }],
  })
  const left = async (): Promise<readonly unknown[]> => {
    while (await keeper.step(start));
    const db = await openSqliteToRead(path)
    const rows = db.prepare('select address as text from refusals union all select fields from events').all()
    db.close()
    return rows.map(({ text }) => text)
  }
  expect(await left()).toEqual([null, '["corp.test"]'])
  keeper.keepFor({ entries: days(301), ephemeral: days(30), details: days(301) })
  expect(await left()).toEqual([null, '["corp.test"]'])
  keeper.keepFor({ entries: days(299), ephemeral: days(30), details: days(90) })
  expect(await left()).toEqual([])
  keeper.close()
})

it('a flood of refusals does not wait for the next day to be cut down', async () => {
  const path = join(temporaryFolder(), 'index.db')
  const keeper = new IndexKeeper({ path, vendors: [], patience: 0, note: () => undefined })
  await keeper.step(start)
  // Of what is too old or too much, the former is quicker to make.
  const old = start - days(400) - 1
  const refusals = Array.from({ length: 5_000 }, (): TalliedRefusal => {
    const kind = { vendor: '', machine: toHex(random(32)), product: '', code: 'REFUSED' }
    return { ...kind, first: old, last: old, times: 1, latest: { address: '192.0.2.1' } }
  })
  keeper.tell({ refusals, events: [] })
  while (await keeper.step(start));
  keeper.close()
  const db = await openSqliteToRead(path)
  expect(db.prepare('select count(*) as number from refusals').get()?.['number']).toBe(0)
  db.close()
})
