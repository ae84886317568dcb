import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { changed, sampleCatalog, samplePlain } from '@volact/core/catalog/catalog.fixture'
import { rootFingerprint } from '@volact/core/document/fingerprint'
import { filled, grantTime } from '@volact/core/document/host.fixture'
import { encodeStarter } from '@volact/core/document/starter'
import { days } from '@volact/core/time'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import type { Client } from '../client.ts'
import { codeOf, setupKey, TestVendor } from '../client.fixture.ts'
import { openFolderClient } from '../open-folder-client.ts'
import { addVendor } from './add-vendor.ts'
import { readVendor } from './folder-vendors.ts'
import { folderVendors, systemVendors, vendorFiles, type VendorPlace } from './vendor-place.ts'

const vendor = new TestVendor()
const now = grantTime

function place(protection: VendorPlace['protection'] = 'folder'): VendorPlace {
  return { path: join(temporaryFolder(), 'vendors'), protection }
}

describe('adding a vendor', () => {
  it('pins the root of its first pack, and shows the fingerprint to be compared (rule 48)', () => {
    const where = place()
    const fingerprint = rootFingerprint(vendor.root.certificate)
    expect(addVendor(where, vendor.pack(), { now })).toEqual({
      ...{ vendor: { id: 'example', name: 'Example Works' }, number: 1, fingerprint, pinned: 'now' },
      ...{ test: false, protected: false, path: join(where.path, 'example') },
    })
    expect(addVendor(where, vendor.pack(2), { now })).toMatchObject({ number: 2, pinned: 'before' })
    expect(statSync(join(where.path, 'example', 'root.pem')).mode & 0o777).toBe(0o644)
  })

  it.runIf(process.getuid?.() === 0)(
    'lets every account read what an administrator adds for the machine, whatever the umask',
    () => {
      const root = temporaryFolder()
      const file = join(root, 'pack')
      writeFileSync(file, vendor.pack())
      const path = join(root, 'vendors')
      const script = `
      import { readFileSync } from 'node:fs'
      import { addVendor } from ${JSON.stringify(new URL('add-vendor.ts', import.meta.url).href)}
      process.umask(0o077)
      addVendor({ path: '${path}', protection: 'system' }, new Uint8Array(readFileSync('${file}')), { now: ${String(now)} })`
      execFileSync(process.execPath, ['--conditions=volact-source', '--input-type=module', '--eval', script])
      const modes = ['', 'example', 'example/root.pem', 'example/pack.cose', 'example/vendor.json'].map((name) =>
        (statSync(join(path, name)).mode & 0o777).toString(8),
      )
      expect(modes).toEqual(['755', '755', '644', '644', '644'])
    },
  )

  it('takes a starter file, too', () => {
    const { root } = vendor
    const starter = { authority: 'https://licenses.example', contacts: {}, roots: [root.der], pack: vendor.pack() }
    expect(addVendor(place(), encodeStarter(starter), { now })).toMatchObject({
      vendor: { id: 'example' },
      pinned: 'now',
    })
    const swapped = encodeStarter({ ...starter, roots: [new TestVendor().root.der] })
    expect(() => addVendor(place(), swapped, { now })).toThrow('leads to no root')
  })

  it('refuses another root than the pinned one or the one given, and an older pack', async () => {
    const where = place()
    const other = new TestVendor()
    addVendor(where, vendor.pack(7), { now })
    expect(await codeOf(() => addVendor(where, other.pack(8), { now }))).toBe('ROOT_CHANGED')
    expect(await codeOf(() => addVendor(where, vendor.pack(8), { now, root: other.root.certificate }))).toBe(
      'ROOT_CHANGED',
    )
    expect(await codeOf(() => addVendor(where, vendor.pack(6), { now }))).toBe('PACK_OLDER')
    expect(await codeOf(() => addVendor(place(), vendor.pack(), { now, root: other.root.certificate }))).toBe(
      'ROOT_UNKNOWN',
    )
    expect(addVendor(where, vendor.pack(7), { now })).toMatchObject({ number: 7 })
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['garbage', filled(0xff, 99)],
    ['half a pack', vendor.pack().subarray(0, 300)],
  ])('refuses %s', async (_, bytes) => {
    expect(await codeOf(() => addVendor(place(), bytes, { now }))).toBe('MALFORMED')
  })

  it('refuses a pack whose signature was altered', async () => {
    const pack = vendor.pack()
    const altered = Uint8Array.from(pack, (byte, at) => (at === pack.length - 1 ? byte ^ 1 : byte))
    expect(await codeOf(() => addVendor(place(), altered, { now }))).toBe('SIGNATURE_INVALID')
  })

  it('puts a damaged vendor right again', () => {
    const where = place()
    addVendor(where, vendor.pack(), { now })
    writeFileSync(join(where.path, 'example', 'pack.cose'), '')
    expect(addVendor(where, vendor.pack(), { now })).toMatchObject({ pinned: 'before' })
  })

  it('puts a damaged vendor right with no older pack than it had, unless its record is damaged, too', async () => {
    const where = place()
    addVendor(where, vendor.pack(7), { now })
    writeFileSync(join(where.path, 'example', 'pack.cose'), 'damage')
    expect(await codeOf(() => addVendor(where, vendor.pack(6), { now }))).toBe('PACK_OLDER')
    writeFileSync(join(where.path, 'example', 'vendor.json'), 'damage')
    expect(addVendor(where, vendor.pack(6), { now })).toMatchObject({ number: 6 })
  })

  it('knows the pack that lies there, however often the adding of another was broken off before it was written', () => {
    const where = place()
    const files = vendorFiles(where, 'example')
    const first = vendor.pack(1)
    addVendor(where, first, { now })
    for (const number of [2, 3]) {
      addVendor(where, vendor.pack(number), { now: now + days(number) })
      writeFileSync(files.pack, first)
      expect(readVendor(where, 'example').pack.number).toBe(1)
    }
    addVendor(where, vendor.pack(4), { now })
    expect(readVendor(where, 'example').pack.number).toBe(4)
  })
})

describe('a client of the command line', () => {
  function open(dir: string, vendors?: VendorPlace): Promise<Client> {
    return openFolderClient({ dir, now: () => now, ...(vendors && { vendors }) })
  }

  it('shows what its own folder says of vendors as unprotected (rule 11)', async () => {
    const dir = temporaryFolder()
    await open(dir)
    addVendor(folderVendors(dir), vendor.pack(), { now })
    const client = await open(dir)
    client.installKey(setupKey)
    expect(client.status()).toMatchObject({ protected: false, state: 'initial-grace' })
  })

  it('leaves a vendor out whose files do not hold, and says so', async () => {
    const dir = temporaryFolder()
    await open(dir)
    const where = folderVendors(dir)
    addVendor(where, vendor.pack(), { now })
    const pack = join(where.path, 'example', 'pack.cose')
    for (const bytes of [new Uint8Array(), new TestVendor().pack(), readFileSync(pack).subarray(0, 99)]) {
      writeFileSync(pack, bytes)
      const { state, notes } = (await open(dir)).status()
      expect([state, notes.join()]).toEqual(['unlicensed', expect.stringContaining('the vendor example is ignored')])
    }
    addVendor(where, vendor.pack(), { now })
    renameSync(join(where.path, 'example'), join(where.path, 'other'))
    expect((await open(dir)).status().notes.join()).toContain('the vendor other is ignored')
  })

  it('keeps a policy whose pack was signed with a certificate that has ended since', async () => {
    const dir = temporaryFolder()
    await open(dir)
    addVendor(folderVendors(dir), vendor.pack(), { now })
    const later = await openFolderClient({ dir, now: () => now + days(365 * 40) })
    expect(later.status().notes).toEqual([])
    expect(later.installKey(setupKey).product).toBe('desktop-1')
  })

  it('takes a threshold from the pack as its policy, and tells several vendors apart', async () => {
    const dir = temporaryFolder()
    await open(dir)
    const twin = sampleCatalog(changed(changed(samplePlain, ['vendor', 'id'], 'twin'), ['families', 0, 'threshold'], 3))
    addVendor(folderVendors(dir), vendor.pack(), { now })
    addVendor(folderVendors(dir), new TestVendor().pack(1, twin), { now })
    const client = await open(dir)
    expect(client.installKey(setupKey).vendor).toBe('example')
  })
})

describe("the system's own place", () => {
  it('is where administrators look', () => {
    expect(systemVendors({ platform: 'linux', env: {} }).path).toBe('/etc/volact/vendors')
    expect(systemVendors({ platform: 'darwin', env: {} }).path).toBe('/Library/Application Support/Volact/vendors')
    expect(systemVendors({ platform: 'win32', env: { ProgramData: 'D:\\Data' } }).path).toBe(
      'D:\\Data\\Volact\\vendors',
    )
  })

  // Only root can give files to root; without it nothing here is as on a real system.
  const isRoot = process.getuid?.() === 0

  it.runIf(isRoot)('is shown as protected while nobody else can change it (rule 11)', async () => {
    const where = place('system')
    expect(addVendor(where, vendor.pack(), { now })).toMatchObject({ protected: true })
    const client = await openFolderClient({ dir: temporaryFolder(), now: () => now, vendors: where })
    client.installKey(setupKey)
    expect(client.status()).toMatchObject({ protected: true, notes: [] })
  })

  it.runIf(isRoot).each<[string, (where: VendorPlace) => void]>([
    [
      'the root may be written by others',
      ({ path }) => {
        chmodSync(join(path, 'example', 'root.pem'), 0o666)
      },
    ],
    [
      'the pack may be written by a group',
      ({ path }) => {
        chmodSync(join(path, 'example', 'pack.cose'), 0o664)
      },
    ],
    [
      'the folder may be written by others',
      ({ path }) => {
        chmodSync(path, 0o777)
      },
    ],
    [
      'the folder of a vendor belongs to another account',
      ({ path }) => {
        chownSync(join(path, 'example'), 65_534, 65_534)
      },
    ],
    [
      'the folder above belongs to another account',
      ({ path }) => {
        chownSync(join(path, '..'), 65_534, 65_534)
      },
    ],
    [
      'a vendor is a link',
      ({ path }) => {
        renameSync(join(path, 'example'), join(path, 'elsewhere'))
        symlinkSync('elsewhere', join(path, 'example'))
        mkdirSync(join(path, 'elsewhere', 'not-a-vendor'))
      },
    ],
  ])('is refused at opening when %s', async (_, weaken) => {
    const where = place('system')
    addVendor(where, vendor.pack(), { now })
    weaken(where)
    const opening = (): Promise<Client> => openFolderClient({ dir: temporaryFolder(), now: () => now, vendors: where })
    expect(await codeOf(opening)).toBe('VENDORS_UNPROTECTED')
    expect(await codeOf(() => addVendor(where, vendor.pack(2), { now }))).toBe('VENDORS_UNPROTECTED')
  })
})
