import { randomInt } from 'node:crypto'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { type LedgerEntry, parseEntry } from '@volact/core/document/ledger-entry'
import { isLong } from '@volact/testkit/rounds'
import { temporaryFolderOnDisk } from '@volact/testkit/temporary-folder'
import { openLedger } from '@volact/ledger/open-ledger'
import { vendorFiles } from './folder/files.ts'
import { serveInChild } from './host-child.fixture.ts'
import { makeActivatedHost, serve } from './host.fixture.ts'
import { expectRecorded, type Lease, takeLease } from './lease.fixture.ts'
import { TestConnection, TestMachine } from './machine.fixture.ts'
import { makeVendor, start } from './vendor.fixture.ts'
import { verifyHostLedger } from './verify-host-ledger.ts'

/** Moments and machines of a run are repeated with `VOLACT_SEED`; keys, and how fast this computer is, are not. */
const given = Number(process.env['VOLACT_SEED'])
const seed = Number.isSafeInteger(given) && given > 0 ? given : randomInt(1, 2 ** 31)

/** Numbers below `most`, one after the other, from a seed. */
function chance(from: number): (most: number) => number {
  let state = from
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
}

const vendor = makeVendor({ threshold: 2 })

/** Asks on a connection until it breaks: known machines renew, new ones come. Every answer is verified as a client does. */
async function load(
  address: string,
  machines: TestMachine[],
  asked: Set<string>,
  leases: Lease[],
  isNew: () => boolean,
  hasGranted: () => void,
): Promise<void> {
  const connection = await TestConnection.open(address).catch(() => undefined)
  if (connection === undefined) return
  for (let turn = 0; ; turn += 1) {
    let machine = machines[turn % machines.length]
    if (machine === undefined || isNew()) machines.push((machine = new TestMachine(`machine ${machines.length}`)))
    asked.add(toHex(machine.id))
    const sent = machine.request(vendor.desktop, start)
    connection.send(sent.message)
    let answer = await connection.next()
    let last = sent
    if (answer?.kind === 'challenge') {
      last = machine.request(vendor.desktop, start, { challenge: answer.challenge })
      connection.send(last.message)
      answer = await connection.next()
    }
    if (answer === undefined) break
    if (answer.kind !== 'grant') continue
    leases.push(takeLease(machine, vendor, last, answer))
    hasGranted()
  }
  connection.close()
}

function entriesOf(dir: string): readonly LedgerEntry[] {
  const ledger = openLedger(vendorFiles(dir, 'example').ledger)
  const entries = [...ledger.entries()].flatMap((bytes) => (bytes === undefined ? [] : [parseEntry(bytes)]))
  ledger.close()
  return entries
}

describe('a host process', () => {
  it(
    `has every lease that a client was given, and the right count, after kill -9 at any moment of load (VOLACT_SEED=${seed})`,
    { timeout: 1_800_000 },
    async () => {
      const next = chance(seed)
      const dir = join(temporaryFolderOnDisk(), 'host')
      cpSync(await makeActivatedHost(vendor), dir, { recursive: true })
      const leases: Lease[] = []
      const [asked, lines] = [new Set<string>(), Array.from({ length: 6 }, (): TestMachine[] => [])]
      // However slow the computer is: without a lease there is nothing to lose.
      const { promise: firstLease, resolve: hasGranted } = Promise.withResolvers<undefined>()
      let checked = 0
      for (let round = 0; round < (isLong() ? 200 : 8); round += 1) {
        const child = await serveInChild(dir)
        const done = Promise.all(
          lines.map((machines) =>
            load(
              child.address,
              machines,
              asked,
              leases,
              () => next(12) === 0 && machines.length < 40,
              () => {
                hasGranted(undefined)
              },
            ),
          ),
        )
        await Promise.all([setTimeout(10 + next(300)), firstLease])
        await child.kill()
        await done
        expectRecorded(dir, leases.slice(checked))
        checked = leases.length
      }
      expectRecorded(dir, leases)
      // Whoever stands in the ledger counts, and nobody else; nobody needs a hand.
      const known = new Set<string>()
      for (const entry of entriesOf(dir)) {
        if (entry.kind === 'grant') known.add(toHex(entry.grant.machine))
        if (entry.kind === 'sighting') known.add(toHex(entry.machine))
      }
      const host = await serve(dir)
      expect(host.status()).toMatchObject({ machines: known.size, applications: [{ count: known.size }], twins: 0 })
      for (const machine of known) expect(asked).toContain(machine)
      // Receipts that were given before are of the tree that goes on: each machine asks for that proof with its next renewal.
      for (const machine of lines.flat()) {
        if (machine.prev === undefined) continue
        const { sent, answer } = await machine.ask(host.address, vendor.desktop, start)
        machine.accept(vendor, sent, answer)
      }
      await host.close()
      expect(await verifyHostLedger(dir)).toMatchObject({ verified: true, unsigned: 0 })
      expect(leases.length).toBeGreaterThan(0)
    },
  )

  it('grants nothing that the disk does not take, says so, and lives on', { timeout: 60_000 }, async () => {
    const one = makeVendor({ threshold: 1 })
    const dir = await makeActivatedHost(one)
    const child = await serveInChild(dir, { before: 'ulimit -f 32; ' })
    const connection = await TestConnection.open(child.address)
    let grants = 0
    for (;;) {
      connection.send(new TestMachine('a').request(one.desktop, start).message)
      const answer = await connection.next()
      if (answer?.kind === 'grant') grants += 1
      else {
        expect(answer).toMatchObject({ kind: 'refusal', code: expect.stringMatching(/^DISK_/) as string })
        break
      }
    }
    connection.send({ kind: 'host-information-query' })
    expect(await connection.next()).toMatchObject({ kind: 'host-information' })
    await child.kill()
    expect(await verifyHostLedger(dir)).toMatchObject({ size: 2 + grants, unsigned: 0 })
  })
})
