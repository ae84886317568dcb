import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { readLabProduct } from '@volact/lab/reference-catalog'
import { TestConnection, TestMachine } from '@volact/host/machine.fixture'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { expect, it } from 'vitest'
import { serve, volact, volactJson } from './volact.fixture.ts'

const product = readLabProduct().product.activationId

/** Lets machines that were never seen ask until the connection ends, several at a time, and counts the answers. */
async function askOnAndOn(connection: TestConnection, count: { answered: number }): Promise<void> {
  const send = (): void => {
    const now = Math.floor(Date.now() / 1_000)
    connection.send(new TestMachine('machine').request(product, now).message)
  }
  for (let first = 0; first < 4; first += 1) send()
  for (;;) {
    const answer = await connection.next()
    if (answer === undefined) return
    if (answer.kind !== 'grant' && (answer.kind !== 'refusal' || answer.code !== 'COUNT_INSUFFICIENT')) {
      throw new Error(`answered with ${answer.kind === 'refusal' ? answer.code : answer.kind}`)
    }
    count.answered += 1
    send()
  }
}

it('answers all that it has accepted when it is stopped under load, and a reload on the way drops nobody', async () => {
  const dir = join(temporaryFolder(), 'lab')
  volact('lab', '--once', '--machines', '1', '--dir', dir)
  const folder = ['--dir', join(dir, 'host')]
  const budget = ['--set', 'limits.new-machines-per-second=100000', '--set', 'limits.new-machines-per-day=1000000']
  const host = await serve('host', 'serve', ...folder, '--listen', '127.0.0.1:0', ...budget)
  const connections = await Promise.all(Array.from({ length: 16 }, () => TestConnection.open(host.address)))
  const count = { answered: 0 }
  const loads = connections.map((connection) => askOnAndOn(connection, count))
  const upTo = async (answered: number): Promise<void> => {
    while (count.answered < answered) await setImmediate()
  }
  await upTo(100)
  host.hangUp()
  await upTo(count.answered + 200)
  expect(connections.filter(({ socket }) => socket.destroyed || socket.readableEnded)).toEqual([])
  expect(await host.stop('SIGTERM')).toBe(0)
  await Promise.all(loads)
  const { machines: after } = volactJson('host', 'status', ...folder)
  // What is in the ledger was told to whoever asked, and nothing else was; one machine is the lab's own.
  expect(count.answered).toBe(Number(after) - 1)
})
