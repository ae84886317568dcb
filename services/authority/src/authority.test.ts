import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { parseCatalogText } from './catalog/catalog-file.ts'
import { openPack } from '@volact/core/document/pack'
import { parseStarter } from '@volact/core/document/starter'
import { parseProductKey } from '@volact/core/product-key/parse-product-key'
import { keyDigest } from '@volact/core/product-key/product-key'
import { days } from '@volact/core/time'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { byHandCatalog, newAuthority, newFolder, referenceCatalog, setUpAt } from './authority.fixture.ts'
import { openAuthority } from './authority.ts'
import { authorityFiles } from './folder/files.ts'
import { years } from './folder/lifetimes.ts'

const now = (): number => setUpAt

describe('a catalog', () => {
  it('becomes a pack that opens with the root alone', async () => {
    const { authority } = await newAuthority()
    const pack = openPack(await authority.exportPack(), [authority.root], setUpAt)
    expect(pack).toMatchObject({ number: 1, issued: setUpAt })
    expect(pack.catalog.vendor.id).toBe('example')
  })

  it('makes a new pack only when it differs, and then says what does', async () => {
    const { authority } = await newAuthority()
    const first = await authority.exportPack()
    expect(await authority.applyCatalog(referenceCatalog)).toEqual({ number: 1, vendor: 'example', changes: [] })
    expect(await authority.exportPack()).toEqual(first)
    const text = readFileSync(referenceCatalog, 'utf8').replace('threshold: 25', 'threshold: 24')
    const second = await authority.storeCatalog(parseCatalogText(text, 'changed.yaml'))
    expect(second).toEqual({ number: 2, vendor: 'example', changes: ['family desktop changed'] })
    expect(openPack(await authority.exportPack(), [authority.root], setUpAt).number).toBe(2)
  })

  it('of another vendor is refused', async () => {
    const { authority } = await newAuthority()
    const text = readFileSync(referenceCatalog, 'utf8').replace('id: example', 'id: other')
    const storing = authority.storeCatalog(parseCatalogText(text, 'other.yaml'))
    await expect(storing).rejects.toMatchObject({ code: 'CATALOG_INVALID' })
  })

  it('may not lose a group that a host key was issued for', async () => {
    const { authority } = await newAuthority()
    await authority.issueKey({ type: 'host', group: 'client' })
    const text = readFileSync(referenceCatalog, 'utf8').replace('number: 10', 'number: 11')
    expect(text).not.toBe(readFileSync(referenceCatalog, 'utf8'))
    const problem: unknown = await Promise.resolve()
      .then(() => authority.storeCatalog(parseCatalogText(text, 'other.yaml')))
      .catch((error: unknown) => error)
    expect(problem).toMatchObject({ code: 'CATALOG_INVALID' })
  })

  it('that is missing makes keys, packs and starter files a matter of usage', async () => {
    const authority = await openAuthority({ dir: newFolder(), now })
    const usage = { code: 'USAGE' }
    await expect(authority.exportPack()).rejects.toMatchObject(usage)
    await expect(authority.exportStarter()).rejects.toMatchObject(usage)
    await expect(authority.issueKey({ type: 'host', group: 'client' })).rejects.toMatchObject(usage)
    expect(parseProductKey((await authority.issueKey({ type: 'setup', group: 10 })).key).kind).toBe('setup')
    await authority.close()
  })
})

describe('a key', () => {
  it('is whole in the answer, and nowhere in the folder (rule 52)', async () => {
    const { authority, dir } = await newAuthority()
    const { key, serial, lastFive } = await authority.issueKey({ type: 'host', group: 'client', customer: 'Contoso' })
    expect(parseProductKey(key)).toMatchObject({ kind: 'host', group: 10, serial })
    const [listed] = await authority.listKeys()
    expect(listed).toEqual({
      ...{ serial: 1, type: 'host', group: 10, customer: 'Contoso', lastFive, issued: setUpAt, blocked: false },
      ...{ hosts: 0, hostLimit: 6, activations: 0, activationLimit: 10 },
      agreementEnds: setUpAt + years(3) - days(180),
    })
    await authority.close()
    const bytes = readFileSync(authorityFiles(dir).database)
    expect(bytes.includes(key)).toBe(false)
    expect(bytes.includes(key.replaceAll('-', ''))).toBe(false)
    expect(bytes.includes(Buffer.from(keyDigest(parseProductKey(key))))).toBe(true)
  })

  it('has a serial that no other has, also when many are issued at once', async () => {
    const { authority } = await newAuthority()
    const issuing = Array.from({ length: 20 }, () => authority.issueKey({ type: 'mak', group: 'suite', limit: 5 }))
    const serials = (await Promise.all(issuing)).map(({ serial }) => serial)
    expect(new Set(serials).size).toBe(20)
  })

  it('is blocked and unblocked by its serial or whole', async () => {
    const { authority } = await newAuthority()
    const { key, serial } = await authority.issueKey({ type: 'host', group: 20 })
    expect(await authority.blockKey(String(serial))).toMatchObject({ serial, blocked: true })
    expect(await authority.unblockKey(key.toLowerCase())).toMatchObject({ serial, blocked: false })
    await expect(authority.blockKey('77')).rejects.toMatchObject({ code: 'KEY_INVALID' })
    await expect(authority.blockKey('nonsense')).rejects.toMatchObject({ code: 'KEY_INVALID' })
  })

  it.each([
    ['a group that is not in the catalog', { type: 'host', group: 'nothing' }],
    ['a limit of none', { type: 'host', group: 'client', limit: 0 }],
    ['a MAK without a limit', { type: 'mak', group: 'client' }],
    ['a setup key with a limit', { type: 'setup', group: 'client', limit: 3 }],
    ['terms for a MAK', { type: 'mak', group: 'client', limit: 3, terms: { quantity: 3 } }],
    ['a threshold of an unknown family', { type: 'host', group: 'client', terms: { thresholds: { nothing: 1 } } }],
    ['an agreement that has ended', { type: 'host', group: 'client', terms: { agreementEnds: setUpAt } }],
    [
      'an agreement of over ten years',
      { type: 'host', group: 'client', terms: { agreementEnds: setUpAt + years(10) } },
    ],
    ['no generation', { type: 'host', group: 'client', terms: { generation: 0 } }],
    [
      'an interval of a minute',
      { type: 'host', group: 'client', terms: { intervals: { activationMinutes: 1, renewalMinutes: 10_080 } } },
    ],
    ['a customer with a novel for a name', { type: 'host', group: 'client', customer: 'x'.repeat(101) }],
  ] as const)('with %s is refused', async (_, order) => {
    const { authority } = await newAuthority()
    await expect(authority.issueKey(order)).rejects.toMatchObject({ code: 'USAGE' })
    expect(await authority.listKeys()).toEqual([])
  })
})

it('a starter file has pack, root, contacts and the address that was named', async () => {
  const { authority } = await newAuthority()
  await expect(authority.exportStarter()).rejects.toMatchObject({ code: 'USAGE' })
  await expect(authority.exportStarter({ address: 'http://plain' })).rejects.toMatchObject({ code: 'USAGE' })
  const starter = parseStarter(await authority.exportStarter({ address: 'https://activation.example.com' }))
  expect(starter.authority).toBe('https://activation.example.com')
  expect(starter.contacts.email).toBe('activation@example.com')
  expect(starter.roots.map(toHex)).toEqual([toHex(authority.root.der)])
  expect(starter.pack).toEqual(await authority.exportPack())
})

it('every act is in the audit, which the database refuses to change', async () => {
  const { authority, dir } = await newAuthority()
  await authority.issueKey({ type: 'host', group: 'client' })
  await authority.blockKey('1')
  await authority.close()
  const database = new DatabaseSync(authorityFiles(dir).database)
  const acts = database.prepare('select act from audit order by id').all()
  expect(acts.map((row) => row['act'])).toEqual(['catalog-applied', 'key-issued', 'key-blocked'])
  expect(() => {
    database.exec("update audit set act = ''")
  }).toThrow('append-only')
  expect(() => {
    database.exec('delete from audit')
  }).toThrow('append-only')
  database.close()
})

describe('a folder is refused', () => {
  it('when another process has it', async () => {
    const { dir } = await newAuthority()
    await expect(openAuthority({ dir, now })).rejects.toMatchObject({ code: 'FOLDER_IN_USE' })
  })

  it('when there is none', async () => {
    const dir = join(temporaryFolder(), 'none')
    await expect(openAuthority({ dir, now })).rejects.toMatchObject({ code: 'FOLDER_MISSING' })
  })

  it('when others may read a key, and opens again once they may not', async () => {
    const dir = newFolder()
    chmodSync(authorityFiles(dir).issuing.key, 0o644)
    await expect(openAuthority({ dir, now })).rejects.toMatchObject({ code: 'FILE_NOT_PRIVATE' })
    chmodSync(authorityFiles(dir).issuing.key, 0o600)
    await (await openAuthority({ dir, now })).close()
  })

  it('when a certificate is damaged, or of another key', async () => {
    const [dir, other] = [newFolder(), newFolder()]
    copyFileSync(authorityFiles(other).pack.certificate, authorityFiles(dir).pack.certificate)
    await expect(openAuthority({ dir, now })).rejects.toMatchObject({ code: 'FOLDER_DAMAGED' })
    writeFileSync(authorityFiles(dir).pack.certificate, 'nothing')
    await expect(openAuthority({ dir, now })).rejects.toMatchObject({ code: 'FOLDER_DAMAGED' })
  })
})

it('the small catalog of the by-hand example works as well', async () => {
  const authority = await openAuthority({ dir: newFolder(), now })
  expect((await authority.applyCatalog(byHandCatalog)).number).toBe(1)
  await authority.close()
})
