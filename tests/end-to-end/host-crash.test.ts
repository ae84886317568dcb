import { randomInt } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { parseRecoveryKey } from '@volact/core/document/recovery-key'
import { backupHost } from '@volact/host/backup/backup-host'
import { restoreHost } from '@volact/host/backup/restore-host'
import { openVendor } from '@volact/host/folder/vendor'
import { hostHardware, recoveryKeyFile } from '@volact/host/host.fixture'
import { hostStatus } from '@volact/host/host-status'
import { TestMachine } from '@volact/host/machine.fixture'
import { recoverHost } from '@volact/host/recovery/recover-host'
import { renewHost } from '@volact/host/renewal/renew-host'
import { confirmSpare } from '@volact/host/spare/confirm-spare'
import { verifyHostLedger } from '@volact/host/verify-host-ledger'
import { rounds } from '@volact/testkit/rounds'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { type HostAct, startAct } from './host-act.fixture.ts'
import { keepFoldersInMemory } from './in-memory.fixture.ts'
import { certificateIn, dueEstate, listening, passphrase, SpareEstate } from './spare.fixture.ts'

keepFoldersInMemory()

/** The moments of a run are repeated with `VOLACT_SEED`; how fast this computer is, is not. */
const given = Number(process.env['VOLACT_SEED'])
const seed = Number.isSafeInteger(given) && given > 0 ? given : randomInt(1, 2 ** 31)
const said = `(VOLACT_SEED=${seed})`
const timeout = 1_800_000

let state = seed
/** A number below `most`. */
function next(most: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * most)
}

/** Begins an act, and kills it at a moment within so many milliseconds, if it is not done by then. */
async function killed(act: HostAct, within: number): Promise<'killed' | 'done'> {
  const child = startAct(act)
  expect(await child.says('ready')).toBe(true)
  const isDone = await Promise.race([child.says('done'), setTimeout(next(within), false)])
  await child.kill()
  return isDone ? 'done' : 'killed'
}

/** The host starts, and licenses a machine; its ledger is whole before and after. */
async function expectServes(estate: SpareEstate, dir: string): Promise<void> {
  expect(await verifyHostLedger(dir)).toMatchObject({ verified: true })
  const host = await estate.serve(dir)
  const { root, pack } = openVendor(dir, 'example')
  const sold = pack.catalog.products.find(({ family, group }) => family === 'desktop' && group === 'client')
  const machine = new TestMachine('a machine')
  const { sent, answer } = await machine.ask(host.address, sold?.activationId ?? '', estate.clock.now)
  machine.accept({ root, catalog: pack.catalog }, sent, answer)
  await host.close()
  expect(await verifyHostLedger(dir)).toMatchObject({ verified: true, unsigned: 0 })
}

/** What is beside a folder, but for what was replaced. */
function beside(dir: string): readonly string[] {
  return readdirSync(dirname(dir)).filter((name) => name !== basename(dir) && !name.includes('.replaced-'))
}

describe('killed with -9 at any moment, and then simply run again', () => {
  it(`"host renew" leaves a host that starts, with one certificate or the other ${said}`, { timeout }, async () => {
    const { estate, authority } = await dueEstate()
    const { dir, clock } = estate
    for (let round = 0; round < rounds(15); round += 1) {
      await killed({ verb: 'renew', dir, authority, now: clock.now }, 700)
      await expectServes(estate, dir)
      const before = certificateIn(dir)
      await renewHost(dir, { authority, now: clock.now })
      expect(certificateIn(dir)).not.toBe(before)
    }
  })

  it('"host renew", killed before the new key has signed, leaves a ledger that verifies and can be restored (rule 6)', async () => {
    const { estate, authority } = await dueEstate()
    const { dir, clock } = estate
    const head = join(openVendor(dir, 'example').files.ledger, 'head.cose')
    const signed = readFileSync(head)
    await renewHost(dir, { authority, now: clock.now })
    writeFileSync(head, signed)
    expect(await verifyHostLedger(dir)).toMatchObject({ verified: true, unsigned: 2 })
    const file = join(temporaryFolder(), 'host.backup')
    await backupHost(dir, file, { now: clock.now })
    const restored = join(temporaryFolder(), 'restored')
    await restoreHost(restored, file, { now: clock.now })
    await expectServes(estate, restored)
  })

  it(`a host that renews while it serves does the same ${said}`, { timeout }, async () => {
    const { estate, authority } = await dueEstate()
    const { dir, clock } = estate
    for (let round = 0; round < rounds(10); round += 1) {
      const child = startAct({ verb: 'serve', dir, now: clock.now })
      expect(await child.says('done')).toBe(true)
      const asked = renewHost(dir, { authority, now: clock.now }).then(
        () => 'renewed',
        (error: unknown) => (error as { code?: string }).code,
      )
      await setTimeout(next(400))
      await child.kill()
      expect(['renewed', 'FOLDER_IN_USE', 'ECONNRESET']).toContain(await asked)
      await expectServes(estate, dir)
      await renewHost(dir, { authority, now: clock.now })
    }
  })

  it(
    `"host spare activate" and "confirm" leave nothing at the place, or a spare that serves, or a host like any other ${said}`,
    { timeout },
    async () => {
      const estate = await SpareEstate.make()
      const { file } = await estate.prepare()
      const { now } = estate.clock
      const authority = await listening(estate)
      for (let round = 0; round < rounds(10); round += 1) {
        const dir = join(temporaryFolder(), 'spare')
        await killed({ verb: 'use', dir, file, passphrase, now, hardware: hostHardware }, 1_500)
        if (!existsSync(dir)) await estate.activate(file, dir)
        expect(beside(dir)).toEqual([])
        await expectServes(estate, dir)
        if (round > 0) continue // The vendor confirms one of them.
        await killed({ verb: 'confirm', dir, authority, now }, 700)
        await expectServes(estate, dir)
        const again = confirmSpare(dir, { authority, now }).then(
          () => 'confirmed',
          (error: unknown) => (error as { code: string }).code,
        )
        expect(['confirmed', 'USAGE']).toContain(await again)
        expect((await hostStatus(dir, { now: () => now })).spare).toBeUndefined()
      }
    },
  )

  it(`"host restore" leaves the old folder, there or aside, or the new one ${said}`, { timeout }, async () => {
    const estate = await SpareEstate.make()
    const { dir, clock } = estate
    const recoveryKey = recoveryKeyFile(dir)
    const key = { recoveryKey: parseRecoveryKey(readFileSync(recoveryKey, 'utf8')) }
    const file = join(temporaryFolder(), 'host.backup')
    await backupHost(dir, file, { now: clock.now })
    for (let round = 0; round < rounds(15); round += 1) {
      clock.now += 60
      await killed({ verb: 'restore', dir, file, recoveryKey, now: clock.now }, 600)
      const aside = readdirSync(dirname(dir)).filter((name) => name.includes('.replaced-'))
      if (existsSync(dir)) await expectServes(estate, dir)
      else await expectServes(estate, join(dirname(dir), aside.at(-1) ?? ''))
      clock.now += 60
      await restoreHost(dir, file, { now: clock.now, replace: true, ...key })
      expect(beside(dir)).toEqual([basename(recoveryKey)])
    }
  })

  it(`"host recover" leaves a ledger that serves and can be recovered again ${said}`, { timeout }, async () => {
    const estate = await SpareEstate.make()
    const { dir, clock } = estate
    const recoveryKey = recoveryKeyFile(dir)
    const key = { recoveryKey: parseRecoveryKey(readFileSync(recoveryKey, 'utf8')) }
    for (let round = 0; round < rounds(15); round += 1) {
      await killed({ verb: 'recover', dir, recoveryKey, now: clock.now }, 300)
      await expectServes(estate, dir)
      await recoverHost(dir, { now: clock.now, kept: 1, reason: 'trial', ...key })
    }
    await expectServes(estate, dir)
  })
})
