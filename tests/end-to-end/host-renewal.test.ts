import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { newAuthority, setUpAt } from '@volact/authority/authority.fixture'
import { authorityFiles } from '@volact/authority/folder/files'
import { startAuthority } from '@volact/authority/start-authority'
import { parseRecoveryKey } from '@volact/core/document/recovery-key'
import { days } from '@volact/core/time'
import { acceptClock } from '@volact/host/accept-clock'
import { identityOf } from '@volact/host/activation/identity'
import { recoveryKeyFile } from '@volact/host/host.fixture'
import { openVendor } from '@volact/host/folder/vendor'
import { recoverHost } from '@volact/host/recovery/recover-host'
import { applyFile, type AppliedAnswer, requestByFile } from '@volact/host/renewal/offline'
import { completeRenewal, openForRenewal, renewHost } from '@volact/host/renewal/renew-host'
import { prepareRenewal } from '@volact/host/renewal/renewal-request'
import { readWitnessed, writeAsked } from '@volact/host/renewal/witnessed'
import { verifyHostLedger } from '@volact/host/verify-host-ledger'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { keepFoldersInMemory } from './in-memory.fixture.ts'
import { makeKeyedHost, makeOfflineHost, OfflineEstate, probe } from './offline-host.fixture.ts'
import { copyFolder, Machine, Site, week } from './twins.fixture.ts'

keepFoldersInMemory()

/** An authority with its clock, and a host without a network that it has activated by file. */
class Estate extends OfflineEstate {
  static async make(): Promise<Estate> {
    return new Estate(await makeOfflineHost({ customer: 'Contoso' }))
  }

  override async byFile(dir: string = this.dir): Promise<AppliedAnswer | undefined> {
    await this.wasOff(dir)
    return super.byFile(dir)
  }

  /** The host was off for years: somebody has looked at its clock (rule 43). */
  async wasOff(dir: string = this.dir): Promise<void> {
    await acceptClock(dir, { now: () => this.clock.now })
  }

  /** The same, and the code with which it fails. */
  async codeByFile(dir: string = this.dir): Promise<unknown> {
    return this.byFile(dir).then(
      (applied) => applied?.kind,
      (error: unknown) => (error as { code?: string }).code,
    )
  }
}

describe('a host without a network', () => {
  it('is activated by file, and renewed by file from 270 days before the end on, with its log (rule 6)', async () => {
    const estate = await Estate.make()
    const activated = await estate.byFile()
    expect(activated).toMatchObject({ kind: 'activated', customer: 'Contoso' })
    expect(await estate.codeByFile()).toBe('RENEWAL_NOT_DUE')
    const end = activated?.notAfter ?? 0
    estate.clock.now = end - days(270) - 1
    expect(await estate.codeByFile()).toBe('RENEWAL_NOT_DUE')
    estate.clock.now += 1
    const renewed = await estate.byFile()
    expect(renewed).toMatchObject({ kind: 'renewed', logId: activated?.logId, customer: 'Contoso' })
    expect(await verifyHostLedger(estate.dir)).toMatchObject({ verified: true, logId: activated?.logId })
    // And once more, from what the authority saw then.
    expect(readWitnessed(openVendor(estate.dir, 'example').files)).toBeGreaterThan(1)
    expect(await estate.codeByFile()).toBe('renewed')
  })

  it('gets the same certificate again when the answer was lost, and takes no answer for another request', async () => {
    const estate = await Estate.make()
    const activated = await estate.byFile()
    estate.clock.now = (activated?.notAfter ?? 0) - days(200)
    const { now } = estate.clock
    const open = { now, probe }
    await expect(requestByFile(estate.dir, open)).rejects.toMatchObject({ code: 'CLOCK_SKEW' })
    await estate.wasOff()
    const { file } = await requestByFile(estate.dir, { now, probe })
    const [lost, found] = [await estate.authority.respond(file), await estate.authority.respond(file)]
    expect(found.file).toEqual(lost.file)
    await applyFile(estate.dir, found.file, { now })
    await expect(applyFile(estate.dir, found.file, { now })).rejects.toMatchObject({ code: 'LEASE_MISMATCH' })
  })
})

describe('the vendor as a witness (rules 6, 28)', () => {
  it('refuses a ledger that does not continue the one it saw, keeps the evidence, and accepts its recovery', async () => {
    const estate = await Estate.make()
    const activated = await estate.byFile()
    const copy = join(temporaryFolder(), 'copy')
    estate.clock.now = (activated?.notAfter ?? 0) - days(260)
    copyFolder(estate.dir, copy)
    expect(await estate.codeByFile()).toBe('renewed')
    expect(await estate.codeByFile(copy)).toBe('LOG_FORKED')
    const later = join(temporaryFolder(), 'later')
    copyFolder(estate.dir, later)
    estate.clock.now += days(1)
    // Of two branches the one that asks first is the one that is seen.
    expect(await estate.codeByFile(later)).toBe('renewed')
    expect(await estate.codeByFile()).toBe('LOG_FORKED')
    const database = new DatabaseSync(authorityFiles(estate.authorityDir).database, { readOnly: true })
    expect(database.prepare('select code from contradictions').all()).toEqual([
      { code: 'LOG_FORKED' },
      { code: 'LOG_FORKED' },
    ])
    database.close()
    const recoveryKey = parseRecoveryKey(readFileSync(recoveryKeyFile(estate.dir), 'utf8'))
    await recoverHost(estate.dir, { now: estate.clock.now, recoveryKey, reason: 'trial', kept: 2 })
    estate.clock.now += days(1)
    expect(await estate.codeByFile()).toBe('renewed')
  })
})

describe('a renewed certificate', () => {
  it('is followed by clients, which keep log, checkpoint and lease (rule 7), and what the old key signed stays known', async () => {
    const site = await Site.start()
    const [early, late] = [await Machine.make(site), await Machine.make(site)]
    expect([await early.ask(), await late.ask()]).toEqual(['granted', 'granted'])
    await site.host.close()
    site.clock.time += week
    const vendor = openVendor(site.dir, 'example')
    const activated = openForRenewal(vendor)
    const prepared = await prepareRenewal(vendor.files, activated, site.clock.time)
    const { entry, logId } = identityOf(activated.ledger)
    const terms = { thresholds: new Map([['server', 1]]) }
    const chain = site.vendor.certify({ ...entry, signingKey: prepared.signer.publicKey }, logId, terms)
    writeAsked(vendor.files, activated.ledger.size)
    await completeRenewal(vendor, activated, prepared, { chain }, site.clock.time)
    activated.ledger.close()
    await site.restart()
    expect([await early.ask(), await late.ask()]).toEqual(['granted', 'granted'])
    site.clock.time += week
    expect([await early.ask(), await late.ask()]).toEqual(['granted', 'granted'])
    expect(site.host.status()).not.toHaveProperty('halted')
  })

  it('is asked for online, too, at a real authority', async () => {
    const clock = { now: setUpAt }
    const { authority, dir } = await newAuthority({ now: () => clock.now })
    const { key } = await authority.issueKey({ type: 'host', group: 'client' })
    const pack = await authority.exportPack()
    await authority.close()
    const running = await startAuthority({ dir, listen: { host: '127.0.0.1', port: 0 }, now: () => clock.now })
    try {
      const host = await makeKeyedHost(pack, key)
      const { activateHost } = await import('@volact/host/activate-host')
      const options = { authority: running.address, now: clock.now }
      const { notAfter } = await activateHost(host, { ...options, probe })
      await expect(renewHost(host, options)).rejects.toMatchObject({ code: 'RENEWAL_NOT_DUE' })
      clock.now = notAfter - days(250)
      await expect(renewHost(host, { ...options, now: clock.now })).rejects.toMatchObject({ code: 'CLOCK_SKEW' })
      await acceptClock(host, { now: () => clock.now })
      expect(await renewHost(host, { ...options, now: clock.now })).toMatchObject({ vendor: 'example' })
    } finally {
      await running.close()
    }
  })
})
