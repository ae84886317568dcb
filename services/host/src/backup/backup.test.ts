import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseRecoveryKey } from '@volact/core/document/recovery-key'
import { days } from '@volact/core/time'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { vendorFiles } from '../folder/files.ts'
import { makeActivatedHost, recoveryKeyFile, serve } from '../host.fixture.ts'
import { hostStatus } from '../host-status.ts'
import { TestMachine } from '../machine.fixture.ts'
import { recoverHost } from '../recovery/recover-host.ts'
import { makeVendor, start } from '../vendor.fixture.ts'
import { verifyHostLedger } from '../verify-host-ledger.ts'
import { encodePart, parsePart } from './backup-format.ts'
import { backupHost } from './backup-host.ts'
import { BackupWriter } from './backup-writer.ts'
import { restoreHost } from './restore-host.ts'

const vendor = makeVendor({ threshold: 1 })
const now = start

function newFile(): string {
  return join(temporaryFolder(), 'host.backup')
}

function newDir(): string {
  return join(temporaryFolder(), 'restored')
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code,
  )
}

/** Restoring must have failed with the code, and left nothing. */
async function refused(file: string, options: { passphrase?: string } = {}): Promise<unknown> {
  const dir = newDir()
  const code = await failure(restoreHost(dir, file, { now, ...options }))
  expect(readdirSync(dirname(dir))).toEqual([])
  return code
}

describe('a backup', () => {
  it('is taken while the host serves, and restores all that was answered before it was taken', async () => {
    const dir = await makeActivatedHost(vendor)
    const host = await serve(dir)
    const machines = Array.from({ length: 30 }, (_, position) => new TestMachine(`m${String(position)}`))
    const [first, ...others] = machines
    await first?.ask(host.address, vendor.desktop, now)
    const { size: before = 0 } = host.status().ledger ?? {}
    const file = newFile()
    const [done] = await Promise.all([
      backupHost(dir, file, { now }),
      ...others.map((machine) => machine.ask(host.address, vendor.desktop, now)),
    ])
    expect(done).toMatchObject({ file, sealed: false })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await host.close()
    const restored = newDir()
    const { logs } = await restoreHost(restored, file, { now: now + days(14) })
    expect(logs[0]?.size).toBeGreaterThanOrEqual(before)
    expect(await hostStatus(restored, { now: () => now })).toMatchObject({ state: 'licensed' })
    expect(readFileSync(join(restored, 'note.key'))).toEqual(readFileSync(join(dir, 'note.key')))
    expect(statSync(join(restored, 'note.key')).mode & 0o777).toBe(0o600)
  })

  it('replaces no file, and leaves no part of one behind', async () => {
    const dir = await makeActivatedHost(vendor)
    const file = newFile()
    await backupHost(dir, file, { now })
    const before = readFileSync(file)
    expect(await failure(backupHost(dir, file, { now }))).toBe('FILE_EXISTS')
    expect(readFileSync(file)).toEqual(before)
    expect(await failure(backupHost(dir, join(dirname(file), 'missing', 'file'), { now }))).toBe('FILE_MISSING')
    expect(readdirSync(dirname(file))).toEqual(['host.backup'])
  })

  it('takes nothing that belongs to the process or is made again', async () => {
    const dir = await makeActivatedHost(vendor)
    const host = await serve(dir)
    const file = newFile()
    await backupHost(dir, file, { now })
    await host.close()
    const restored = newDir()
    await restoreHost(restored, file, { now })
    expect(readdirSync(restored).filter((name) => /lock|index|\.sock/.test(name))).toEqual([])
  })

  it.each(['/etc/hostname', '/etc', '.', 'nowhere'])(
    'follows no link, and lacks nothing unsaid: %s',
    async (target) => {
      const dir = await makeActivatedHost(vendor)
      symlinkSync(target, join(dir, 'link'))
      const file = newFile()
      expect(await failure(backupHost(dir, file, { now }))).toBe('NOT_A_FILE')
      expect(readdirSync(dirname(file))).toEqual([])
    },
  )

  it('is not written into the folder that it is of', async () => {
    const dir = await makeActivatedHost(vendor)
    expect(await failure(backupHost(dir, join(dir, 'host.backup'), { now }))).toBe('USAGE')
  })

  it('is read again when something was erased meanwhile, so that it is of one time', async () => {
    const dir = await makeActivatedHost(vendor)
    const entries = join(vendorFiles(dir, vendor.catalog.vendor.id).ledger, 'entries')
    const [closed = ''] = readdirSync(entries)
    writeFileSync(join(entries, '999999.log'), '')
    const pieces = async (onPiece: (place: number) => void): Promise<number> => {
      let count = 0
      await backupHost(dir, newFile(), {
        now,
        onProgress: () => {
          onPiece(count++)
        },
      })
      return count
    }
    const once = await pieces(() => undefined)
    const erased = await pieces((place) => {
      if (place === 0) utimesSync(join(entries, closed), 1, 1)
    })
    expect(erased).toBe(2 * once)
  })

  it('that is not whole restores nothing, wherever it is cut off or altered', async () => {
    const file = newFile()
    await backupHost(await makeActivatedHost(vendor), file, { now })
    const whole = readFileSync(file)
    const places = [0, 10, 14, 18, 30, 200, whole.length >> 1, whole.length - 33, whole.length - 1]
    for (const place of places) {
      writeFileSync(file, whole.subarray(0, place))
      expect(await refused(file)).toBe('BACKUP_DAMAGED')
      const altered = Uint8Array.from(whole)
      altered[place] = (altered[place] ?? 0) ^ 1
      writeFileSync(file, altered)
      expect(await refused(file)).toMatch(/^(BACKUP_DAMAGED|MALFORMED|UNSUPPORTED_VERSION)$/)
    }
    writeFileSync(file, 'anything')
    expect(await refused(file)).toBe('BACKUP_DAMAGED')
  })

  it('of a newer version, or of the folder of another role, is named as that', async () => {
    const file = newFile()
    await backupHost(await makeActivatedHost(vendor), file, { now })
    const newer = Uint8Array.from(readFileSync(file))
    // The format is the first value of the header: a map, key 0, and the number.
    expect([...newer.subarray(18, 21)]).toEqual([0xa4, 0, 1])
    newer[20] = 2
    writeFileSync(file, newer)
    expect(await refused(file)).toBe('UNSUPPORTED_VERSION')
    const other = newFile()
    const writer = new BackupWriter(other)
    writer.begin({ role: 'authority', folderFormat: 1, created: now }, undefined)
    writer.add({ kind: 'end', files: 0 })
    writer.finish()
    writer.close()
    expect(await refused(other)).toBe('FOLDER_WRONG_ROLE')
  })

  it('writes nothing outside of its folder, whoever made it', () => {
    for (const path of ['../evil', '/etc/evil', 'a/../../evil', 'a//b', '.', 'C:evil', 'a\\b']) {
      expect(() => parsePart(encodePart({ kind: 'file', path, mode: 0o600, size: 0 }))).toThrow(/outside/)
    }
    const plain = { kind: 'file', path: 'vendors/example/ledger/head.cose', mode: 0o600, size: 3 } as const
    expect(parsePart(encodePart(plain))).toEqual(plain)
  })

  it('sealed with a passphrase shows no key, and opens with nothing else', async () => {
    const dir = await makeActivatedHost(vendor)
    const file = newFile()
    await backupHost(dir, file, { now, passphrase: 'correct horse' })
    expect(readFileSync(file).includes('PRIVATE KEY')).toBe(false)
    expect(await refused(file, { passphrase: 'wrong horse' })).toBe('PASSPHRASE_WRONG')
    expect(await refused(file)).toBe('USAGE')
    const short = newFile()
    for (const passphrase of ['', 'too short']) {
      expect(await failure(backupHost(dir, short, { now, passphrase }))).toBe('USAGE')
    }
    expect(existsSync(short)).toBe(false)
    // A thief who may write where backups lie cannot put one of his own there.
    await backupHost(dir, short, { now })
    expect(await refused(short, { passphrase: 'correct horse' })).toBe('USAGE')
    const restored = newDir()
    await restoreHost(restored, file, { now, passphrase: 'correct horse' })
    expect(existsSync(join(restored, 'volact.json'))).toBe(true)
    // Whoever makes the digest right again has still altered a sealed part.
    const altered = Uint8Array.from(readFileSync(file))
    altered[altered.length - 60] = (altered[altered.length - 60] ?? 0) ^ 1
    const body = altered.subarray(0, -32)
    writeFileSync(file, Buffer.concat([body, createHash('sha256').update(body).digest()]))
    expect(await refused(file, { passphrase: 'correct horse' })).toBe('BACKUP_DAMAGED')
  })
})

describe('a restore', () => {
  it('touches no folder that has something in it, but moves it aside where it may, unless a host runs there', async () => {
    const dir = await makeActivatedHost(vendor)
    const file = newFile()
    await backupHost(dir, file, { now })
    expect(await failure(restoreHost(dir, file, { now }))).toBe('FILE_EXISTS')
    const host = await serve(dir)
    expect(await failure(restoreHost(dir, file, { now, replace: true }))).toBe('FOLDER_IN_USE')
    await new TestMachine('m').ask(host.address, vendor.desktop, now)
    await host.close()
    const { replaced = '', logs } = await restoreHost(dir, file, { now, replace: true })
    expect(existsSync(join(replaced, 'note.key'))).toBe(true)
    expect(logs).toMatchObject([{ missing: { exact: true } }])
    expect(logs[0]?.missing.entries).toBeGreaterThan(0)
  })

  it('of a file that is no backup leaves the folder that it was to replace as it is, and free for its host', async () => {
    const dir = await makeActivatedHost(vendor)
    const file = newFile()
    writeFileSync(file, 'anything')
    expect(await failure(restoreHost(dir, file, { now, replace: true }))).toBe('BACKUP_DAMAGED')
    await serve(dir)
  })

  it('by a clock that nobody would believe writes nothing into a ledger, which could not be taken back (rule 43)', async () => {
    const dir = await makeActivatedHost(vendor)
    const recoveryKey = parseRecoveryKey(readFileSync(recoveryKeyFile(dir), 'utf8'))
    const options = { now: 4_294_967_295, recoveryKey, reason: 'trial', kept: 1 }
    expect(await failure(recoverHost(dir, options))).toBe('CLOCK_SKEW')
    const { size } = await verifyHostLedger(dir)
    expect(await recoverHost(dir, { ...options, now })).toMatchObject([{ index: size }])
  })

  it('with the wrong recovery key restores nothing at all', async () => {
    const file = newFile()
    await backupHost(await makeActivatedHost(vendor), file, { now })
    const stranger = parseRecoveryKey(readFileSync(recoveryKeyFile(await makeActivatedHost(vendor)), 'utf8'))
    const dir = newDir()
    expect(await failure(restoreHost(dir, file, { now, recoveryKey: stranger }))).toBe('SIGNATURE_INVALID')
    expect(readdirSync(dirname(dir))).toEqual([])
  })
})
