import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseRecoveryKey } from '@volact/core/document/recovery-key'
import { encodeStarter } from '@volact/core/document/starter'
import { issueProductKey } from '@volact/core/product-key/issue-product-key'
import { formatProductKey } from '@volact/core/product-key/product-key'
import { days } from '@volact/core/time'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { backupHost } from './backup/backup-host.ts'
import { restoreHost } from './backup/restore-host.ts'
import { exportCertificates } from './export-certificates.ts'
import { vendorFiles } from './folder/files.ts'
import { readHostRecord } from './folder/host-record.ts'
import { openVendor } from './folder/vendor.ts'
import { withHostFolder } from './folder/with-host-folder.ts'
import { activateHere, makeActivatedHost, makeHost, serve } from './host.fixture.ts'
import { hostStatus } from './host-status.ts'
import { initHost } from './init-host.ts'
import { installKey } from './install-key.ts'
import { installPack } from './install-pack.ts'
import { ask, TestMachine } from './machine.fixture.ts'
import { startHost } from './start-host.ts'
import { makeVendor, start } from './vendor.fixture.ts'
import { verifyHostLedger } from './verify-host-ledger.ts'

describe('the folder of the account of a service', () => {
  it.runIf(process.geteuid?.() === 0)('is left alone by root, whose files that account could not read', async () => {
    const dir = await makeActivatedHost(makeVendor())
    const backup = join(temporaryFolder(), 'host.backup')
    await backupHost(dir, backup, { now: start })
    chownSync(dir, 12_345, 12_345)
    const refused = { code: 'FOLDER_NOT_WRITABLE' }
    await expect(startHost({ dir, now: () => start })).rejects.toMatchObject(refused)
    await expect(withHostFolder(dir, () => undefined)).rejects.toMatchObject(refused)
    await expect(restoreHost(dir, backup, { now: start, replace: true })).rejects.toMatchObject(refused)
    expect(() => initHost({ dir, now: start })).toThrow(expect.objectContaining(refused) as Error)
  })
})

describe('initHost', () => {
  it('gives the recovery key once, keeps only its public part, and refuses a second time (rule 27)', () => {
    const dir = join(temporaryFolder(), 'host')
    const { recoveryKey = '' } = initHost({ dir, now: start })
    const { publicKey } = parseRecoveryKey(recoveryKey)
    expect(readHostRecord(join(dir, 'host.json')).recoveryKey).toEqual(publicKey.bytes)
    const seed = recoveryKey.replaceAll('-', '').slice(0, 20)
    for (const name of readdirSync(dir)) {
      if (statSync(join(dir, name)).isFile()) expect(readFileSync(join(dir, name), 'latin1')).not.toContain(seed)
    }
    expect(() => initHost({ dir, now: start })).toThrow(expect.objectContaining({ code: 'FILE_EXISTS' }) as Error)
  })

  it('writes the recovery key to a file for its owner alone, and never over another', () => {
    const recoveryKeyFile = join(temporaryFolder(), 'recovery.pem')
    const made = initHost({ dir: join(temporaryFolder(), 'host'), now: start, recoveryKeyFile })
    expect(made).not.toHaveProperty('recoveryKey')
    expect(statSync(recoveryKeyFile).mode & 0o777).toBe(0o600)
    expect(parseRecoveryKey(readFileSync(recoveryKeyFile, 'utf8')).publicKey.algorithm).toBe('Ed25519')
    const dir = join(temporaryFolder(), 'other')
    expect(() => initHost({ dir, now: start, recoveryKeyFile })).toThrow(
      expect.objectContaining({ code: 'FILE_EXISTS' }) as Error,
    )
    expect(existsSync(dir)).toBe(false)
  })
})

describe('installPack (rule 48)', () => {
  const vendor = makeVendor()

  async function newHost(): Promise<string> {
    const dir = join(temporaryFolder(), 'host')
    initHost({ dir, now: start })
    return Promise.resolve(dir)
  }

  it('pins the root of the first pack, shows its fingerprint, and refuses any other root afterwards', async () => {
    const dir = await newHost()
    const first = await installPack(dir, vendor.pack(2), { now: start })
    expect(first).toMatchObject({ vendor: { id: 'example', name: 'Example' }, number: 2, pinned: 'now', test: true })
    const printed = execFileSync('openssl', [
      'x509',
      '-noout',
      '-fingerprint',
      '-sha256',
      '-in',
      vendorFiles(dir, 'example').root,
    ])
    expect(printed.toString()).toContain(first.fingerprint)
    expect(await installPack(dir, vendor.pack(3), { now: start })).toMatchObject({ number: 3, pinned: 'before' })
    const impostor = makeVendor()
    await expect(installPack(dir, impostor.pack(9), { now: start })).rejects.toMatchObject({ code: 'ROOT_CHANGED' })
    await expect(installPack(dir, vendor.pack(4), { now: start, root: impostor.root })).rejects.toMatchObject({
      code: 'ROOT_CHANGED',
    })
    await expect(installPack(dir, vendor.pack(2), { now: start })).rejects.toMatchObject({ code: 'PACK_OLDER' })
  })

  it('opens, and takes a pack, after it was killed while it replaced one whose certificate had ended', async () => {
    const dir = await newHost()
    const later = start + days(5_000)
    await installPack(dir, vendor.pack(1), { now: start })
    const files = vendorFiles(dir, 'example')
    const old = readFileSync(files.pack)
    await expect(installPack(dir, vendor.pack(2), { now: later })).rejects.toMatchObject({ code: 'CHAIN_EXPIRED' })
    await installPack(dir, vendor.pack(2), { now: start + days(1) })
    writeFileSync(files.record, readFileSync(files.record, 'utf8').replace(String(start + days(1)), String(later)))
    writeFileSync(files.pack, old) // As it was before the pack, which comes last, was there.
    expect(openVendor(dir, 'example').pack.number).toBe(1)
    expect(await installPack(dir, vendor.pack(3), { now: start + days(2) })).toMatchObject({ number: 3 })
  })

  it('demands the root that is given, and believes no altered pack', async () => {
    const dir = await newHost()
    const given = { now: start, root: makeVendor().root }
    await expect(installPack(dir, vendor.pack(1), given)).rejects.toMatchObject({ code: 'ROOT_UNKNOWN' })
    const spoiled = vendor.pack(1)
    spoiled[spoiled.length - 1] = Number(spoiled.at(-1)) ^ 1
    await expect(installPack(dir, spoiled, { now: start })).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
    await expect(installPack(dir, new Uint8Array(0), { now: start })).rejects.toMatchObject({ code: 'MALFORMED' })
  })

  it('takes a starter file, with the address of the authority', async () => {
    const dir = await newHost()
    const authority = 'https://authority.example:8443'
    const starter = encodeStarter({ pack: vendor.pack(1), roots: [vendor.root.der], authority, contacts: {} })
    expect(await installPack(dir, starter, { now: start })).toMatchObject({ number: 1 })
    expect(readFileSync(vendorFiles(dir, 'example').record, 'utf8')).toContain(authority)
    const foreign = encodeStarter({ pack: vendor.pack(1), roots: [makeVendor().root.der], authority, contacts: {} })
    await expect(installPack(await newHost(), foreign, { now: start })).rejects.toMatchObject({ code: 'ROOT_UNKNOWN' })
  })
})

describe('installKey', () => {
  it('takes a host key of the catalog, keeps it private, and shows only its end', async () => {
    const vendor = makeVendor()
    const dir = await makeHost(vendor)
    const installed = await installKey(dir, vendor.hostKey.toLowerCase())
    expect(installed).toMatchObject({ vendor: 'example', group: 'Servers', lastFive: vendor.hostKey.slice(-5) })
    expect(statSync(vendorFiles(dir, 'example').hostKey).mode & 0o777).toBe(0o600)
  })

  it('refuses a setup key in its own words, a mistyped one, and one of an unknown group', async () => {
    const vendor = makeVendor()
    const dir = await makeHost(vendor)
    await expect(installKey(dir, vendor.setupKey)).rejects.toThrow('is a setup key')
    await expect(installKey(dir, `${vendor.hostKey.slice(0, -1)}?`)).rejects.toMatchObject({ code: 'KEY_INVALID' })
    const foreign = issueProductKey({ kind: 'host', group: 999, serial: 1, random: new Uint8Array(8) })
    await expect(installKey(dir, formatProductKey(foreign))).rejects.toThrow('key group 999')
  })

  it('says which command comes before it', async () => {
    const dir = join(temporaryFolder(), 'host')
    initHost({ dir, now: start })
    await expect(installKey(dir, makeVendor().hostKey)).rejects.toThrow('host pack install')
  })
})

describe('the folder of a host', () => {
  it('serves one host at a time, on a port of its own', async () => {
    const vendor = makeVendor()
    const dir = await makeActivatedHost(vendor)
    const host = await serve(dir)
    const port = Number(host.address.split(':')[1])
    const listen = { host: '127.0.0.1', port }
    const now = (): number => start
    await expect(startHost({ dir, listen, now })).rejects.toMatchObject({ code: 'FOLDER_IN_USE' })
    const other = await makeActivatedHost(vendor)
    await expect(startHost({ dir: other, listen, now })).rejects.toMatchObject({ code: 'PORT_IN_USE' })
    await expect(startHost({ dir: other, listen, now })).rejects.toThrow(`--listen 127.0.0.1:${port + 1}`)
    await expect(withHostFolder(dir, () => undefined)).rejects.toMatchObject({ code: 'FOLDER_IN_USE' })
  })

  it('tells its status and has its ledger verified, served or not', async () => {
    const vendor = makeVendor({ threshold: 1 })
    const dir = await makeActivatedHost(vendor)
    const now = (): number => start
    const host = await serve(dir)
    await ask(host.address, new TestMachine('a').request(vendor.desktop, start).message)
    const running = await hostStatus(dir, { now })
    expect(running).toMatchObject({ state: 'licensed', address: host.address, ledger: { size: 3 }, machines: 1 })
    expect(await verifyHostLedger(dir)).toMatchObject({
      verified: true,
      size: 3,
      root: running.ledger?.root,
      unsigned: 0,
    })
    await host.close()
    const { address, ...resting } = running
    expect(address).toBe(host.address)
    expect(await hostStatus(dir, { now })).toEqual({ ...resting, newcomers: undefined })
    expect(await verifyHostLedger(dir)).toMatchObject({ size: 3 })
  })

  it('makes its index anew when that is damaged or gone, with the names', async () => {
    const vendor = makeVendor({ threshold: 2 })
    const dir = await makeActivatedHost(vendor)
    const host = await serve(dir)
    for (const name of ['anna', 'berta'])
      await ask(host.address, new TestMachine(name).request(vendor.desktop, start).message)
    await host.close()
    await hostStatus(dir, { now: () => start })
    const indexed = rowsOf(dir)
    expect(indexed.map(({ name }) => name).sort()).toEqual(['anna', 'berta'])
    writeFileSync(join(dir, 'index.db'), 'not a database at all, but long enough to look like one'.repeat(100))
    const again = await serve(dir)
    expect(await hostStatus(dir, { now: () => start })).toMatchObject({ index: { state: 'good', behind: 0 } })
    await again.close()
    expect(rowsOf(dir)).toEqual(indexed)
  })

  it('writes its index once nobody else holds it, and answers meanwhile', async () => {
    const vendor = makeVendor({ threshold: 1 })
    const dir = await makeActivatedHost(vendor)
    const { promise: tried, resolve: onNote } = Promise.withResolvers<string>()
    const host = await serve(dir, { now: start }, { onNote })
    const other = new DatabaseSync(join(dir, 'index.db'))
    onTestFinished(() => {
      other.close()
    })
    other.exec('begin immediate')
    const answer = await ask(host.address, new TestMachine('a').request(vendor.desktop, start).message)
    expect(answer.kind).toBe('grant')
    expect(await tried).toContain('another program')
    other.exec('commit')
    expect(await hostStatus(dir, { now: () => start })).toMatchObject({ index: { state: 'good', behind: 0 } })
    await host.close()
    expect(other.prepare('select name from machines').all()).toMatchObject([{ name: 'a' }])
  })

  it('exports certificates that openssl accepts', async () => {
    const dir = await makeActivatedHost(makeVendor())
    const { root, issuing, host } = exportCertificates(dir, join(temporaryFolder(), 'certificates'))
    const at = ['-attime', String(start)]
    const printed = execFileSync('openssl', [
      'verify',
      '-x509_strict',
      ...at,
      '-CAfile',
      root,
      '-untrusted',
      issuing,
      host,
    ])
    expect(printed.toString()).toContain('OK')
  })

  it('keeps the old ledger aside when the host is activated again (rule 6)', async () => {
    const vendor = makeVendor({ threshold: 1 })
    const dir = await makeActivatedHost(vendor)
    const first = await hostStatus(dir, { now: () => start })
    await activateHere(dir, vendor)
    const second = await hostStatus(dir, { now: () => start })
    expect(second.logId).not.toBe(first.logId)
    expect(readdirSync(vendorFiles(dir, 'example').dir)).toContain(`ledger-${first.logId?.slice(0, 8) ?? ''}`)
    const host = await serve(dir)
    const sent = new TestMachine('a').request(vendor.desktop, start)
    expect((await ask(host.address, sent.message)).kind).toBe('grant')
  })

  it('does not serve with a signing key that others may read', async () => {
    const dir = await makeActivatedHost(makeVendor())
    chmodSync(vendorFiles(dir, 'example').signingKey, 0o644)
    await expect(startHost({ dir, listen: { host: '127.0.0.1', port: 0 }, now: () => start })).rejects.toMatchObject({
      code: 'FILE_NOT_PRIVATE',
    })
  })
})

function rowsOf(dir: string): readonly { name: unknown }[] {
  const script = `const { DatabaseSync } = require('node:sqlite')
    const db = new DatabaseSync(process.argv[1], { readOnly: true })
    console.log(JSON.stringify(db.prepare('select * from machines order by name').all()))`
  const printed = execFileSync(process.execPath, ['--no-warnings', '-e', script, join(dir, 'index.db')], {
    encoding: 'utf8',
  })
  return JSON.parse(printed) as readonly { name: unknown }[]
}
