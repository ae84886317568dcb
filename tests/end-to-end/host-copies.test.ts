import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Signer } from '@volact/core/crypto'
import { parseRecoveryKey } from '@volact/core/document/recovery-key'
import { days, hours } from '@volact/core/time'
import { backupHost } from '@volact/host/backup/backup-host'
import { restoreHost } from '@volact/host/backup/restore-host'
import { activateHere, recoveryKeyFile, serve } from '@volact/host/host.fixture'
import { recoverHost } from '@volact/host/recovery/recover-host'
import type { RunningHost } from '@volact/host/start-host'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { keepFoldersInMemory } from './in-memory.fixture.ts'
import { copyFolder, Machine, Site, week } from './twins.fixture.ts'

keepFoldersInMemory()

/** Asks and gives the outcome, or the code of the failure. */
async function ask(machine: Machine, host: { readonly address: string }, product?: string): Promise<string> {
  const client = await machine.open()
  try {
    const done = await client.activate({ host: host.address, ...(product !== undefined && { product }) })
    return done.outcome === 'refused' ? `refused: ${done.code}` : done.outcome
  } catch (error) {
    return (error as { code: string }).code
  }
}

async function askFirst(machine: Machine, site: Site): Promise<string> {
  return ask(machine, site.host, site.vendor.desktop)
}

async function eventsOf(machine: Machine): Promise<readonly string[]> {
  return (await machine.open()).status().events.map(({ code }) => code)
}

function keyOf(site: Site): Signer {
  return parseRecoveryKey(readFileSync(recoveryKeyFile(site.dir), 'utf8'))
}

/** A second copy of a site's host, which goes on from the folder as it is now. */
async function copyOf(site: Site): Promise<{ readonly dir: string; readonly host: RunningHost }> {
  const dir = join(temporaryFolder(), 'copy')
  await site.host.close()
  copyFolder(site.dir, dir)
  await site.restart()
  const clock = {
    get now() {
      return site.clock.time
    },
  }
  return { dir, host: await serve(dir, clock) }
}

function tick(site: Site): void {
  site.clock.time += week
}

describe('a copied host folder, started twice and used by two groups of clients', () => {
  it('is refused by a client that meets both, which says why and keeps its lease (rules 22, 25, 28)', async () => {
    const site = await Site.start()
    const [here, there] = [await Machine.make(site), await Machine.make(site)]
    const copy = await copyOf(site)
    expect([await askFirst(here, site), await ask(there, copy.host, site.vendor.desktop)]).toEqual([
      'activated',
      'activated',
    ])
    expect(await askFirst(there, site)).toBe('refused: LOG_FORKED')
    expect((await there.open()).status()).toMatchObject({ state: 'licensed' })
  })

  it('stops each copy that is shown the checkpoint of the other, beyond a restart (rule 26)', async () => {
    const site = await Site.start()
    const [here, there] = [await Machine.make(site), await Machine.make(site)]
    const copy = await copyOf(site)
    for (let round = 0; round < 2; round += 1) {
      tick(site)
      await askFirst(here, site)
      await ask(there, copy.host, site.vendor.desktop)
    }
    await askFirst(there, site)
    await ask(here, copy.host, site.vendor.desktop)
    for (const host of [site.host, copy.host]) expect(host.status()).toMatchObject({ halted: 'LOG_FORKED' })
    await site.restart()
    expect(site.host.status()).toMatchObject({ halted: 'LOG_FORKED' })
    expect(await ask(await Machine.make(site), site.host)).toBe('refused: LOG_FORKED')
  })

  it('is healed in the copy that goes on by the recovery key, and stays ended in the other (rule 27)', async () => {
    const site = await Site.start()
    const [here, there] = [await Machine.make(site), await Machine.make(site)]
    await askFirst(here, site)
    const kept = site.host.status().ledger?.size ?? 0
    const copy = await copyOf(site)
    tick(site)
    await askFirst(here, site)
    await ask(there, copy.host, site.vendor.desktop)
    await askFirst(there, site)
    expect(site.host.status()).toHaveProperty('halted')
    await site.host.close()
    const recoveryKey = keyOf(site)
    await recoverHost(site.dir, { now: site.clock.time, recoveryKey, reason: 'the virtual machine was copied', kept })
    tick(site)
    await site.restart()
    expect(site.host.status()).not.toHaveProperty('halted')
    // Who was at the surviving copy notices nothing; who was at the other one is told once.
    expect([await askFirst(here, site), await eventsOf(here)]).toEqual(['activated', []])
    expect([await askFirst(there, site), await eventsOf(there)]).toEqual(['activated', ['LOG_RECOVERED']])
    tick(site)
    expect([await askFirst(there, site), await eventsOf(there)]).toEqual(['activated', []])
    // The copy that goes on in spite of that stops as soon as it sees the recovered ledger, and stops the other: nothing excuses it.
    await ask(there, copy.host, site.vendor.desktop)
    expect(copy.host.status()).toHaveProperty('halted')
  })
})

describe('a host that was restored from a backup too old', () => {
  async function restoredTooOld(): Promise<{
    readonly site: Site
    readonly machine: Machine
    readonly backup: string
  }> {
    const site = await Site.start()
    const machine = await Machine.make(site)
    await askFirst(machine, site)
    const backup = join(temporaryFolder(), 'host.backup')
    await backupHost(site.dir, backup, { now: site.clock.time })
    tick(site)
    expect(await askFirst(machine, site)).toBe('activated')
    await site.host.close()
    return { site, machine, backup }
  }

  it('says what may be missing, and goes on with the recovery key as if nothing had been (rule 27)', async () => {
    const { site, machine, backup } = await restoredTooOld()
    const restored = await restoreHost(site.dir, backup, {
      ...{ now: site.clock.time, replace: true, recoveryKey: keyOf(site) },
    })
    expect(restored.logs).toMatchObject([{ missing: { entries: 1, exact: true }, recovered: { kept: 3 } }])
    tick(site)
    await site.restart()
    expect([await askFirst(machine, site), await eventsOf(machine)]).toEqual(['activated', ['LOG_RECOVERED']])
    expect(site.host.status()).not.toHaveProperty('halted')
  })

  it('stops without the key when a client comes, heals by nothing but re-activation, and clients take the new log (rules 7, 27)', async () => {
    const { site, machine, backup } = await restoredTooOld()
    await restoreHost(site.dir, backup, { now: site.clock.time, replace: true })
    tick(site)
    await site.restart()
    expect(await askFirst(machine, site)).toBe('refused: HOST_ROLLED_BACK')
    expect(site.host.status()).toMatchObject({ halted: 'HOST_ROLLED_BACK' })
    await site.restart()
    expect(await askFirst(machine, site)).toBe('refused: HOST_ROLLED_BACK')
    await site.host.close()
    await activateHere(site.dir, site.vendor, { thresholds: new Map([['server', 1]]) })
    await site.restart()
    expect(await askFirst(machine, site)).toBe('activated')
    expect(await eventsOf(machine)).toEqual([])
  })

  it('is recovered afterwards too, with the size that was noted at the restore', async () => {
    const { site, machine, backup } = await restoredTooOld()
    await restoreHost(site.dir, backup, { now: site.clock.time, replace: true })
    await site.restart()
    const other = await Machine.make(site)
    await ask(other, site.host)
    await askFirst(machine, site)
    expect(site.host.status()).toHaveProperty('halted')
    await site.host.close()
    site.clock.time += hours(1)
    const [recovered] = await recoverHost(site.dir, { now: site.clock.time, recoveryKey: keyOf(site), reason: 'late' })
    expect(recovered).toMatchObject({ kept: 3 })
    await site.restart()
    site.clock.time += days(1)
    expect([await askFirst(machine, site), await eventsOf(machine)]).toEqual(['activated', ['LOG_RECOVERED']])
  })

  it('is recovered a second time from the same backup: its number is higher, though the first recovery was lost, too', async () => {
    const { site, machine, backup } = await restoredTooOld()
    for (let round = 0; round < 2; round += 1) {
      await restoreHost(site.dir, backup, { now: site.clock.time, replace: true, recoveryKey: keyOf(site) })
      await site.restart()
      tick(site)
      expect([await askFirst(machine, site), await eventsOf(machine)]).toEqual(['activated', ['LOG_RECOVERED']])
      await site.host.close()
      tick(site)
    }
  })

  it('must show a client with two products that what rests on the kept part is still there', async () => {
    const site = await Site.start()
    const machine = await Machine.make(site, [site.vendor.desktop, site.vendor.server])
    await ask(machine, site.host, site.vendor.desktop)
    const backup = join(temporaryFolder(), 'host.backup')
    await backupHost(site.dir, backup, { now: site.clock.time })
    tick(site)
    await ask(machine, site.host, site.vendor.server)
    await site.host.close()
    await restoreHost(site.dir, backup, { now: site.clock.time, replace: true, recoveryKey: keyOf(site) })
    tick(site)
    await site.restart()
    expect(await ask(machine, site.host, site.vendor.server)).toBe('activated')
    expect(await eventsOf(machine)).toEqual(['LOG_RECOVERED'])
  })
})
