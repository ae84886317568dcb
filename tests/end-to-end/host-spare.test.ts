import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { authorityFiles } from '@volact/authority/folder/files'
import { startAuthority } from '@volact/authority/start-authority'
import { days } from '@volact/core/time'
import type { RenewHostMessage } from '@volact/core/wire/host-renewal-messages'
import { decodeMessage, encodeMessage } from '@volact/core/wire/message'
import { encodeMessageFile, parseMessageFile } from '@volact/core/wire/message-file'
import { hostHardware } from '@volact/host/host.fixture'
import { backupHost } from '@volact/host/backup/backup-host'
import { restoreHost } from '@volact/host/backup/restore-host'
import { openVendor } from '@volact/host/folder/vendor'
import { requestByFile } from '@volact/host/renewal/offline'
import { activateSpare } from '@volact/host/spare/activate-spare'
import { confirmSpare } from '@volact/host/spare/confirm-spare'
import { prepareSpare, requestSpare } from '@volact/host/spare/prepare-spare'
import { verifyHostLedger } from '@volact/host/verify-host-ledger'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { commandIn } from './command.fixture.ts'
import { keepFoldersInMemory } from './in-memory.fixture.ts'
import { ask, passphrase, SpareEstate } from './spare.fixture.ts'

keepFoldersInMemory()

const probe = () => Promise.resolve(hostHardware)

describe('a spare (rule 47)', () => {
  it('replaces a lost host the same night without the vendor, stops after 60 days, and goes on once it is confirmed', async () => {
    const estate = await SpareEstate.make()
    const main = await estate.serve(estate.dir)
    const machine = await estate.machine()
    expect(await ask(machine, main)).toBe('activated')
    // Made while the host runs, which keeps nothing of it.
    const prepared = await estate.prepare()
    expect(prepared).toMatchObject({ hostsLeft: 4, notAfter: estate.clock.now + days(365) })
    expect(existsSync(openVendor(estate.dir, 'example').files.spare)).toBe(false)
    await main.close()

    estate.clock.now += days(150)
    const spare = await estate.activate(prepared.file)
    const began = estate.clock.now
    expect(spare).toMatchObject({ predecessor: prepared.predecessor, until: began + days(60) })
    const host = await estate.serve(spare.dir)
    expect(host.status()).toMatchObject({
      state: 'licensed',
      reason: expect.stringContaining('spare in use') as string,
      spare: { predecessor: prepared.predecessor, until: spare.until },
    })
    // No hardware was certified, so that none is another one.
    expect(host.status()).not.toHaveProperty('hardwareEnd')
    expect(await ask(machine, host)).toBe('activated')
    expect(machine.status()).toMatchObject({ state: 'licensed', logId: spare.logId, spareFor: prepared.predecessor })
    expect(machine.status().events).toEqual([])

    estate.clock.now = began + days(60) - 1
    expect(await ask(machine, host)).toBe('activated')
    estate.clock.now = began + days(61)
    expect(await ask(machine, host)).toBe('SPARE_NOT_CONFIRMED')
    expect(host.status().reason).toContain('grants nothing')
    await host.close()

    expect(await estate.byFile(spare.dir)).toMatchObject({ kind: 'renewed', logId: spare.logId })
    const confirmed = await estate.serve(spare.dir)
    expect(confirmed.status()).toMatchObject({ reason: 'activated' })
    expect(confirmed.status()).not.toHaveProperty('spare')
    expect(await ask(machine, confirmed)).toBe('activated')
    expect(machine.status()).not.toHaveProperty('spareFor')
    await confirmed.close()
    expect(await verifyHostLedger(spare.dir)).toMatchObject({ verified: true, logId: spare.logId })
  })

  it('is one of the hosts of its key, and there is none beyond their number', async () => {
    const estate = await SpareEstate.make(2)
    expect(await estate.prepare()).toMatchObject({ hostsLeft: 0 })
    await expect(estate.prepare()).rejects.toMatchObject({ code: 'HOST_KEY_EXHAUSTED' })
  })

  it('that is lost on the way costs one activation: the same request gets the same certificate', async () => {
    const estate = await SpareEstate.make(2)
    const { now } = estate.clock
    const request = await requestSpare(estate.dir, { now })
    expect(await requestSpare(estate.dir, { now })).toEqual(request)
    await estate.authority.respond(request)
    expect(await estate.prepare()).toMatchObject({ hostsLeft: 0 })
  })

  it('whose file could not be written has its activation kept, and is sealed by the next try', async () => {
    const estate = await SpareEstate.make(2)
    const nowhere = join(temporaryFolder(), 'missing', 'host.spare')
    await expect(estate.prepare(nowhere)).rejects.toMatchObject({ code: 'FILE_MISSING' })
    const { now } = estate.clock
    await expect(requestSpare(estate.dir, { now })).rejects.toMatchObject({ code: 'USAGE' })
    // No backup has its key meanwhile: it is on no other machine.
    const backup = join(temporaryFolder(), 'host.backup')
    await backupHost(estate.dir, backup, { now })
    const restored = await restoreHost(join(temporaryFolder(), 'restored'), backup, { now })
    expect(existsSync(openVendor(restored.dir, 'example').files.spare)).toBe(false)
    const file = join(temporaryFolder(), 'host.spare')
    expect(await prepareSpare(estate.dir, file, { now, passphrase })).not.toHaveProperty('hostsLeft')
    expect(await estate.activate(file)).toMatchObject({ until: now + days(60) })
  })

  it('shows the vendor as a witness the last tree of its predecessor, and is told apart by its hardware from then on', async () => {
    const estate = await SpareEstate.make()
    const { file } = await estate.prepare()
    const main = await estate.serve(estate.dir)
    await ask(await estate.machine(), main)
    await main.close()
    const head = readFileSync(join(openVendor(estate.dir, 'example').files.ledger, 'head.cose'))
    estate.clock.now += days(3)
    const options = { now: estate.clock.now, passphrase, probe, checkpoint: new Uint8Array(head) }
    const spare = await activateSpare(join(temporaryFolder(), 'spare'), file, options)
    estate.clock.now += days(3)
    await estate.byFile(spare.dir)
    const database = new DatabaseSync(authorityFiles(estate.authorityDir).database, { readOnly: true })
    expect(database.prepare('select hex(checkpoint) as shown, taken_over, confirmed from spares').all()).toEqual([
      { shown: head.toString('hex').toUpperCase(), taken_over: options.now, confirmed: estate.clock.now },
    ])
    // Both rows are of this hardware now; nobody's.
    expect(database.prepare('select count(distinct anchor) as anchors, count(*) as hosts from hosts').all()).toEqual([
      { anchors: 1, hosts: 2 },
    ])
    database.close()
  })

  it('is confirmed only when it shows, under the tree of the renewal, how it took over', async () => {
    const estate = await SpareEstate.make()
    const { file } = await estate.prepare()
    const { dir } = await estate.activate(file)
    estate.clock.now += days(1)
    const { file: request } = await requestByFile(dir, { now: estate.clock.now, probe })
    const [asked] = parseMessageFile(request).map(decodeMessage)
    if (asked?.kind !== 'renew-host' || asked.takeOver === undefined) throw new Error('no confirmation')
    const { takeOver, ...without } = asked
    const codeOf = async (message: RenewHostMessage): Promise<unknown> => {
      const { file: answer } = await estate.authority.respond(encodeMessageFile([encodeMessage(message)]))
      const [said] = parseMessageFile(answer).map(decodeMessage)
      return said?.kind === 'refusal' ? said.code : said?.kind
    }
    expect(await codeOf(without)).toBe('SPARE_NOT_CONFIRMED')
    // Another entry of the same ledger, and one that is not in it at all.
    const { entry, receipt } = asked
    expect(await codeOf({ ...asked, takeOver: { entry, receipt } })).toBe('LOG_MISMATCH')
    expect(await codeOf({ ...asked, takeOver: { ...takeOver, receipt } })).toBe('RECEIPT_INVALID')
    expect(await codeOf(asked)).toBe('host-renewed')
  })

  it('takes over until its year is over, and not with a clock that is behind', async () => {
    const estate = await SpareEstate.make()
    const { file, notAfter } = await estate.prepare()
    estate.clock.now -= days(1)
    await expect(estate.activate(file)).rejects.toMatchObject({ code: 'CLOCK_SKEW' })
    estate.clock.now = notAfter + 1
    await expect(estate.activate(file)).rejects.toMatchObject({ code: 'CHAIN_EXPIRED' })
    estate.clock.now = notAfter
    expect(await estate.activate(file)).toMatchObject({ until: notAfter + days(60) })
  })

  it('has no spare of its own until it is confirmed', async () => {
    const estate = await SpareEstate.make()
    const { file } = await estate.prepare()
    const { dir } = await estate.activate(file)
    await expect(requestSpare(dir, { now: estate.clock.now })).rejects.toMatchObject({ code: 'SPARE_NOT_CONFIRMED' })
    await estate.byFile(dir)
    expect((await requestSpare(dir, { now: estate.clock.now })).length).toBeGreaterThan(0)
  })
})

describe('the commands of a spare', () => {
  it('ask for the passphrase at the terminal, twice for a new one, and say how long it serves and what is to be done', async () => {
    const estate = await SpareEstate.make()
    const folder = temporaryFolder()
    const [request, answer, file] = ['request', 'answer', 'host.spare'].map((name) => join(folder, name))
    if (request === undefined || answer === undefined || file === undefined) throw new Error('three names')
    const dir = join(folder, 'spare')
    const answers = [passphrase, 'something else', passphrase, passphrase, passphrase]
    const volact = (...args: readonly string[]) =>
      commandIn({ now: () => estate.clock.now, ask: () => Promise.resolve(answers.shift()) }, 'host', ...args)
    expect(await volact('spare', 'request', '-o', request, '--dir', estate.dir)).toMatchObject({ status: 0 })
    writeFileSync(answer, (await estate.authority.respond(new Uint8Array(readFileSync(request)))).file)
    const prepare = ['spare', 'prepare', '-o', file, '--answer', answer, '--dir', estate.dir]
    expect(await volact(...prepare)).toMatchObject({ status: 2 })
    expect((await volact(...prepare)).stdout).toContain('the host key activates 4 more hosts')
    const { stdout } = await volact('spare', 'activate', file, '--dir', dir)
    expect(stdout).toMatch(/^spare in use: [^]* 60 more days/)
    expect((await volact('status', '--dir', dir)).stdout).toMatch(
      /spare in use +for the log [0-9a-f]{64}, until 2020-07-31/,
    )
    expect((await volact('check', '--dir', dir)).stdout).toMatch(/warning +spare/)
    expect(answers).toEqual([])
  })

  it('prepare and confirm online, too, at a real authority', async () => {
    const estate = await SpareEstate.make()
    await estate.authority.close()
    const now = () => estate.clock.now
    const listen = { host: '127.0.0.1', port: 0 }
    const running = await startAuthority({ dir: estate.authorityDir, listen, now })
    try {
      const options = { authority: running.address, now: now() }
      const file = join(temporaryFolder(), 'host.spare')
      expect(await prepareSpare(estate.dir, file, { ...options, passphrase })).toMatchObject({ hostsLeft: 4 })
      const { dir, logId } = await estate.activate(file)
      estate.clock.now += days(1)
      expect(await confirmSpare(dir, { ...options, now: now() })).toMatchObject({ logId })
      await expect(confirmSpare(dir, options)).rejects.toMatchObject({ code: 'USAGE' })
    } finally {
      await running.close()
    }
  })
})

describe('a spare that was opened twice', () => {
  it('is noticed by who has met both, and only one of the two is confirmed (rules 26, 28)', async () => {
    const estate = await SpareEstate.make()
    const { file } = await estate.prepare()
    const [one, other] = [await estate.activate(file), await estate.activate(file)]
    expect(one.logId).toBe(other.logId)
    const [here, there] = [await estate.serve(one.dir), await estate.serve(other.dir)]
    const [machine, neighbour] = [await estate.machine(), await estate.machine()]
    expect([await ask(machine, here), await ask(neighbour, there)]).toEqual(['activated', 'activated'])
    expect(await ask(machine, there)).toBe('LOG_FORKED')
    expect(machine.status()).toMatchObject({ state: 'licensed' })
    expect(there.status()).toMatchObject({ halted: 'LOG_FORKED' })
    await here.close()
    await there.close()
    estate.clock.now += days(1)
    expect(await estate.byFile(one.dir)).toMatchObject({ kind: 'renewed' })
    await expect(estate.byFile(other.dir)).rejects.toMatchObject({ code: 'LOG_FORKED' })
  })
})

describe('the file of a spare', () => {
  it('is for its owner alone, holds no key in clear, and opens with its passphrase only', async () => {
    const estate = await SpareEstate.make()
    const { file } = await estate.prepare()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const hostKey = readFileSync(openVendor(estate.dir, 'example').files.hostKey, 'utf8').trim()
    expect(readFileSync(file).includes(hostKey)).toBe(false)
    expect(readFileSync(file).includes('PRIVATE KEY')).toBe(false)
    const folder = temporaryFolder()
    const options = { now: estate.clock.now, passphrase: 'another passphrase', probe }
    await expect(activateSpare(join(folder, 'spare'), file, options)).rejects.toMatchObject({
      code: 'PASSPHRASE_WRONG',
    })
    expect(readdirSync(folder)).toEqual([])
  })

  it('is refused when it is damaged, cut off, of another format, or no spare, and changes nothing', async () => {
    const estate = await SpareEstate.make()
    const { file } = await estate.prepare()
    const bytes = readFileSync(file)
    const folder = temporaryFolder()
    const codeOf = async (content: Uint8Array): Promise<unknown> => {
      const path = join(folder, 'altered')
      writeFileSync(path, content)
      return estate.activate(path, join(folder, 'spare')).catch((error: unknown) => (error as { code: string }).code)
    }
    for (const place of [60, Math.floor(bytes.length / 2), bytes.length - 1]) {
      const flipped = Buffer.from(bytes)
      flipped[place] = (flipped[place] ?? 0) ^ 1
      expect(await codeOf(flipped)).toBe('BACKUP_DAMAGED')
    }
    expect(await codeOf(bytes.subarray(0, -40))).toBe('BACKUP_DAMAGED')
    // Behind magic and length the header is a map, whose first field is the number of the format.
    const older = Buffer.from(bytes.subarray(0, -32))
    older[20] = 0
    expect(await codeOf(Buffer.concat([older, createHash('sha256').update(older).digest()]))).toBe(
      'UNSUPPORTED_VERSION',
    )
    const backup = join(temporaryFolder(), 'host.backup')
    await backupHost(estate.dir, backup, { now: estate.clock.now, passphrase })
    await expect(estate.activate(backup, join(folder, 'spare'))).rejects.toMatchObject({ code: 'FOLDER_WRONG_ROLE' })
    await expect(restoreHost(join(folder, 'spare'), file, { now: estate.clock.now, passphrase })).rejects.toMatchObject(
      {
        code: 'FOLDER_WRONG_ROLE',
      },
    )
    expect(readdirSync(folder)).toEqual(['altered'])
  })

  it('replaces nothing, nor is it opened over anything, and wants a passphrase that is worth one', async () => {
    const estate = await SpareEstate.make()
    const { file } = await estate.prepare()
    await expect(estate.prepare(file)).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    await expect(estate.activate(file, estate.dir)).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    const options = { now: estate.clock.now, passphrase: 'too short' }
    await expect(prepareSpare(estate.dir, join(temporaryFolder(), 'x'), options)).rejects.toMatchObject({
      code: 'USAGE',
    })
  })
})
