import { askControl } from '@volact/files/control-socket'
import { ActivationError } from '@volact/core/errors/activation-error'
import { expect, it } from 'vitest'
import { makeActivatedHost, serve } from './host.fixture.ts'
import { ask, TestMachine } from './machine.fixture.ts'
import { makeVendor, start } from './vendor.fixture.ts'

const vendor = makeVendor({ threshold: 1 })

const values: readonly unknown[] = [null, true, -1, 0.5, 1e300, '', '\u001b[31m', 'x'.repeat(70_000), [[]], { zone: 1 }]

/** Each verb with what it takes, and what of that is wrong here whatever its type. */
const verbs: readonly (readonly [good: Readonly<Record<string, unknown>>, fields: readonly string[]])[] = [
  [{ verb: 'expect', machines: 5, seconds: 3_600 }, ['machines', 'seconds']],
  [{ verb: 'report', from: 0, to: 1, machines: true }, ['from', 'to']],
  [{ verb: 'respond' }, ['file']],
  [{ verb: 'dns', act: 'records' }, ['act', 'zone']],
  [{ verb: 'machine-forget', machine: 'ab'.repeat(32) }, ['machine']],
  [{ verb: 'pool-add', pool: 'lab', limit: 5 }, ['pool', 'limit']],
  [{ verb: 'pool-remove', pool: 'lab' }, ['pool']],
  [{ verb: 'nothing' }, ['verb']],
]

async function outcome(dir: string, question: unknown): Promise<'answered' | 'refused' | 'a bug of who asks'> {
  try {
    await askControl(dir, question)
    return 'answered'
  } catch (error) {
    return error instanceof ActivationError ? 'refused' : 'a bug of who asks'
  }
}

it('does nothing of what is wrong on its control socket, says so, and serves on', async () => {
  const dir = await makeActivatedHost(vendor)
  const host = await serve(dir)
  const { size } = host.status().ledger ?? {}
  const questions = verbs.flatMap(([good, fields]) =>
    fields.flatMap((field) => values.map((value) => ({ ...good, [field]: value }))),
  )
  for (const question of [...values, [{ verb: 'status' }], ...questions]) {
    expect([question, await outcome(dir, question)]).not.toEqual([question, 'answered'])
  }
  expect(host.status().ledger).toMatchObject({ size })
  const { message } = new TestMachine('m').request(vendor.desktop, start)
  expect(await ask(host.address, message)).toMatchObject({ kind: 'grant' })
  await host.close()
}, 30_000)
