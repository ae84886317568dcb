import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { parseEntry } from '@volact/core/document/ledger-entry'
import { rounds } from '@volact/testkit/rounds'
import { openLedger } from '@volact/ledger/open-ledger'
import { vendorFiles } from './folder/files.ts'
import { makeActivatedHost } from './host.fixture.ts'
import { TestConnection, TestMachine } from './machine.fixture.ts'
import { makeVendor, start } from './vendor.fixture.ts'
import { verifyHostLedger } from './verify-host-ledger.ts'

const child = fileURLToPath(new URL('serve-child.fixture.ts', import.meta.url))

async function serveInChild(dir: string, limit = ''): Promise<{ running: ChildProcess; address: string }> {
  const line = [process.execPath, '--conditions=volact-source', '--no-warnings', child, dir]
  const running = spawn('bash', ['-c', `${limit}exec "$0" "$@"`, ...line], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = (await once(running.stdout, 'data')) as [Buffer]
  return { running, address: said.toString().trim() }
}

describe('a host process', () => {
  it('has every grant that it has answered, after kill -9 in mid-load', { timeout: 600_000 }, async () => {
    const vendor = makeVendor({ threshold: 1 })
    const dir = await makeActivatedHost(vendor)
    const answered: { index: number; entry: string }[] = []
    for (let round = 0; round < rounds(20); round += 1) {
      const { running, address } = await serveInChild(dir)
      const connections = await Promise.all(Array.from({ length: 8 }, () => TestConnection.open(address)))
      const enough = answered.length + randomInt(1, 60)
      await Promise.all(
        connections.map(async (connection, number) => {
          for (;;) {
            connection.send(new TestMachine(`machine ${number}`).request(vendor.desktop, start).message)
            const answer = await connection.next()
            if (answer?.kind !== 'grant') return
            const entry = parseEntry(answer.entry)
            if (entry.kind === 'grant') answered.push({ index: entry.grant.index, entry: toHex(answer.entry) })
            if (answered.length >= enough) running.kill('SIGKILL')
          }
        }),
      )
      if (running.exitCode === null && running.signalCode === null) await once(running, 'exit')
      const ledger = openLedger(vendorFiles(dir, 'example').ledger)
      for (const { index, entry } of answered) expect(toHex(ledger.entry(index))).toBe(entry)
      ledger.close()
    }
    const { running } = await serveInChild(dir)
    expect(await verifyHostLedger(dir)).toMatchObject({ verified: true })
    running.kill('SIGKILL')
    await once(running, 'exit')
  })

  it('grants nothing that the disk does not take, says so, and lives on', { timeout: 60_000 }, async () => {
    const vendor = makeVendor({ threshold: 1 })
    const dir = await makeActivatedHost(vendor)
    const { running, address } = await serveInChild(dir, 'ulimit -f 32; ')
    const connection = await TestConnection.open(address)
    let grants = 0
    for (;;) {
      connection.send(new TestMachine('a').request(vendor.desktop, start).message)
      const answer = await connection.next()
      if (answer?.kind === 'grant') grants += 1
      else {
        expect(answer).toMatchObject({ kind: 'refusal', code: expect.stringMatching(/^DISK_/) as string })
        break
      }
    }
    connection.send({ kind: 'host-information-query' })
    expect(await connection.next()).toMatchObject({ kind: 'host-information' })
    running.kill('SIGKILL')
    await once(running, 'exit')
    expect(await verifyHostLedger(dir)).toMatchObject({ size: 2 + grants, unsigned: 0 })
  })
})
