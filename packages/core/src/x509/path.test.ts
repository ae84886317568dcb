import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { generatePrivateKey } from '../crypto.ts'
import { decodePem, encodePem } from '../der/pem.ts'
import { fromIso } from '../time.ts'
import { parseCertificate } from './certificate.ts'
import type { Certificate } from './certificate.ts'
import { keyUsageOids } from './oids.ts'
import { verifyPath } from './path.ts'
import type { PathQuestion } from './path.ts'
import { parseRoot } from './root.ts'

const folder = mkdtempSync(join(tmpdir(), 'volact-path-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** A certificate that openssl made, with the files of it and its key. */
interface Issued {
  readonly certificate: Certificate
  readonly file: string
  readonly keyFile: string
}

interface Wish {
  readonly name: string
  readonly issuer?: Issued
  /** Takes the key of another certificate instead of a new one. */
  readonly keyOf?: Issued
  readonly extensions: Readonly<Record<string, string | undefined>>
  readonly from?: string
  readonly to?: string
}

const config = join(folder, 'openssl.cnf')
writeFileSync(join(folder, 'index.txt'), '')
writeFileSync(join(folder, 'serial'), '1000')
writeFileSync(join(folder, 'index.txt.attr'), 'unique_subject = no\n')
writeFileSync(
  config,
  `[req]\ndistinguished_name = dn\nstring_mask = utf8only\n[dn]\n[ca]\ndefault_ca = main\n[main]\nnew_certs_dir = ${folder}
database = ${join(folder, 'index.txt')}\nserial = ${join(folder, 'serial')}\ndefault_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n`,
)

let made = 0

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] })
}

function issue({ name, issuer, keyOf, extensions, from = '20260101000000Z', to = '20510101000000Z' }: Wish): Issued {
  const path = join(folder, String(made++))
  const [file, csr, ext] = [`${path}.pem`, `${path}.csr`, `${path}.ext`]
  const keyFile = keyOf?.keyFile ?? `${path}.key`
  if (keyOf === undefined) writeFileSync(keyFile, encodePem('PRIVATE KEY', generatePrivateKey('ESP256')))
  const lines = Object.entries(extensions).flatMap(([key, value]) => (value === undefined ? [] : `${key} = ${value}`))
  writeFileSync(ext, lines.join('\n'))
  openssl('req', '-new', '-config', config, '-key', keyFile, '-subj', `/CN=${name}`, '-out', csr)
  const by = issuer === undefined ? ['-selfsign'] : ['-cert', issuer.file]
  const dates = ['-startdate', from, '-enddate', to]
  openssl('ca', '-batch', '-notext', '-config', config, '-in', csr, '-out', file, '-extfile', ext, ...by, '-keyfile', issuer?.keyFile ?? keyFile, ...dates) // prettier-ignore
  return { certificate: load(file), file, keyFile }
}

function load(file: string): Certificate {
  const [der = new Uint8Array()] = decodePem('CERTIFICATE', readFileSync(file, 'utf8'))
  return parseCertificate(der)
}

const eku = keyUsageOids.hostReceipt
const identifiers = { subjectKeyIdentifier: 'hash', authorityKeyIdentifier: 'keyid' }
const asRoot = { basicConstraints: 'critical,CA:TRUE', keyUsage: 'critical,keyCertSign,cRLSign', ...identifiers }
const asIssuing = { ...asRoot, basicConstraints: 'critical,CA:TRUE,pathlen:0' }
const asLeaf = {
  basicConstraints: 'critical,CA:FALSE',
  keyUsage: 'critical,digitalSignature',
  extendedKeyUsage: `critical,${eku}`,
  ...identifiers,
}

const at = fromIso('2026-11-21T00:00:00Z')
const root = issue({ name: 'Root', extensions: { ...asRoot, authorityKeyIdentifier: undefined } })
const issuing = issue({ name: 'Issuing', issuer: root, extensions: asIssuing })
const leaf = issue({ name: 'Host', issuer: issuing, extensions: asLeaf, to: '20290101000000Z' })

const good: PathQuestion = {
  leaf: leaf.certificate,
  intermediates: [issuing.certificate],
  roots: [root.certificate],
  eku,
  at,
}

const failure = (code: string): unknown => expect.objectContaining({ code })

/** What `openssl verify -x509_strict` says of the same certificates. */
function opensslAccepts(chain: readonly Issued[], end: Issued, when = at): boolean {
  const untrusted = join(folder, `untrusted-${String(made++)}`)
  writeFileSync(untrusted, chain.map(({ file }) => readFileSync(file, 'utf8')).join(''))
  const args = [
    'verify',
    '-x509_strict',
    '-CAfile',
    root.file,
    '-untrusted',
    untrusted,
    '-attime',
    String(when),
    end.file,
  ]
  return spawnSync('openssl', args).status === 0
}

describe('a path from root over issuing to leaf (rule 1)', () => {
  it('holds, and says how long', () => {
    expect(verifyPath(good)).toEqual({
      leaf: leaf.certificate,
      path: [leaf.certificate, issuing.certificate, root.certificate],
      root: root.certificate,
      notAfter: fromIso('2029-01-01T00:00:00Z'),
      unused: [],
    })
    expect(opensslAccepts([issuing], leaf)).toBe(true)
  })

  it('ends with the first of its certificates (rule 6)', () => {
    const short = issue({ name: 'Issuing', issuer: root, keyOf: issuing, extensions: asIssuing, to: '20280101000000Z' })
    const { notAfter } = verifyPath({ ...good, intermediates: [short.certificate] })
    expect(notAfter).toBe(fromIso('2028-01-01T00:00:00Z'))
  })

  it('says which certificates it does not need', () => {
    const { unused } = verifyPath({ ...good, intermediates: [root.certificate, issuing.certificate, leaf.certificate] })
    expect(unused).toEqual([root.certificate, leaf.certificate])
  })

  it('may be a leaf directly under the root, and must be where that is demanded (rule 44)', () => {
    const direct = issue({ name: 'List', issuer: root, extensions: asLeaf })
    const question = { ...good, leaf: direct.certificate, intermediates: [] }
    expect(verifyPath(question).path).toHaveLength(2)
    expect(verifyPath({ ...question, directlyUnderRoot: true }).path).toHaveLength(2)
    expect(() => verifyPath({ ...good, directlyUnderRoot: true })).toThrow(failure('CHAIN_INVALID'))
  })

  it('is refused with more certificates than any path needs', () => {
    const many = Array.from({ length: 6 }, () => issuing.certificate)
    expect(() => verifyPath({ ...good, intermediates: many })).toThrow(failure('CHAIN_INVALID'))
  })
})

describe('time (rule 3)', () => {
  it.each([
    ['the second before the leaf begins', '2025-12-31T23:59:59Z', false],
    ['its first second', '2026-01-01T00:00:00Z', true],
    ['its last second', '2029-01-01T00:00:00Z', true],
    ['the second after it', '2029-01-01T00:00:01Z', false],
  ])('at %s', (_, iso, holds) => {
    const question = { ...good, at: fromIso(iso) }
    if (holds) expect(verifyPath(question).leaf).toBe(leaf.certificate)
    else expect(() => verifyPath(question)).toThrow(failure('CHAIN_EXPIRED'))
    // openssl ends a second earlier than RFC 5280 §4.1.2.5 says (X509_cmp_time knows no equality).
    if (iso !== '2029-01-01T00:00:00Z') expect(opensslAccepts([issuing], leaf, fromIso(iso))).toBe(holds)
  })

  it('counts for issuing certificates and for the root itself', () => {
    const ended = { to: '20260601000000Z' }
    const issuer = issue({ name: 'Issuing', issuer: root, keyOf: issuing, extensions: asIssuing, ...ended })
    const oldRoot = issue({ name: 'Root', keyOf: root, extensions: asRoot, ...ended })
    expect(() => verifyPath({ ...good, intermediates: [issuer.certificate] })).toThrow(failure('CHAIN_EXPIRED'))
    expect(() => verifyPath({ ...good, roots: [oldRoot.certificate] })).toThrow(failure('CHAIN_EXPIRED'))
    expect(opensslAccepts([issuer], leaf)).toBe(false)
  })
})

describe('the leaf', () => {
  type Case = readonly [string, Wish['extensions'], string | undefined, boolean | undefined]

  // The last column is what openssl says; undefined where it has no opinion, because only we know our kinds.
  it.each<Case>([
    ['with a harmless extension of ours', { '1.2.3.4': 'DER:0500' }, undefined, true],
    ['without basicConstraints', { basicConstraints: undefined }, undefined, true],
    ['of another kind (rule 2)', { extendedKeyUsage: `critical,${keyUsageOids.pack}` }, 'KIND_MISMATCH', undefined],
    ['of two kinds', { extendedKeyUsage: `critical,${eku},${keyUsageOids.pack}` }, 'KIND_MISMATCH', undefined],
    ['of any kind', { extendedKeyUsage: 'critical,anyExtendedKeyUsage' }, 'KIND_MISMATCH', undefined],
    ['of no kind', { extendedKeyUsage: undefined }, 'KIND_MISMATCH', undefined],
    ['whose kind is not critical', { extendedKeyUsage: eku }, 'KIND_MISMATCH', undefined],
    ['that may issue', { basicConstraints: 'critical,CA:TRUE' }, 'CHAIN_INVALID', undefined],
    ['without keyUsage', { keyUsage: undefined }, 'CHAIN_INVALID', undefined],
    ['with another keyUsage', { keyUsage: 'critical,keyAgreement' }, 'CHAIN_INVALID', undefined],
    ['with more keyUsage', { keyUsage: 'critical,digitalSignature,keyAgreement' }, 'CHAIN_INVALID', undefined],
    ['with an unknown critical extension', { '1.2.3.4': 'critical,DER:0500' }, 'CHAIN_INVALID', false],
    ['with critical name constraints', { nameConstraints: 'critical,permitted;DNS:a' }, 'CHAIN_INVALID', undefined],
  ])('%s', (_, change, code, openssl) => {
    const other = issue({ name: 'Host', issuer: issuing, extensions: { ...asLeaf, ...change } })
    const question = { ...good, leaf: other.certificate }
    if (code === undefined) expect(verifyPath(question).leaf).toBe(other.certificate)
    else expect(() => verifyPath(question)).toThrow(failure(code))
    if (openssl !== undefined) expect(opensslAccepts([issuing], other)).toBe(openssl)
  })

  it('is refused with any other bit in its signature', () => {
    const { der, signature } = leaf.certificate
    const altered = new Uint8Array(der)
    altered[der.length - 1] = Number(altered[der.length - 1]) ^ 1
    expect(signature.at(-1)).toBe(der.at(-1))
    expect(() => verifyPath({ ...good, leaf: parseCertificate(altered) })).toThrow(failure('CHAIN_INVALID'))
  })

  it('is never a root, even a trusted one', () => {
    expect(() => verifyPath({ ...good, leaf: root.certificate, intermediates: [] })).toThrow(failure('CHAIN_INVALID'))
  })
})

describe('an issuer', () => {
  type Case = readonly [string, Wish['extensions'], string | undefined, boolean | undefined]

  it.each<Case>([
    ['limited to this kind', { extendedKeyUsage: eku }, undefined, true],
    ['limited to another kind', { extendedKeyUsage: keyUsageOids.pack }, 'KIND_MISMATCH', undefined],
    ['without basicConstraints', { basicConstraints: undefined }, 'CHAIN_INVALID', false],
    ['that may not issue', { basicConstraints: 'critical,CA:FALSE' }, 'CHAIN_INVALID', false],
    ['whose basicConstraints are not critical', { basicConstraints: 'CA:TRUE,pathlen:0' }, 'CHAIN_INVALID', false],
    ['without keyUsage', { keyUsage: undefined }, 'CHAIN_INVALID', false],
    ['whose keyUsage is another', { keyUsage: 'critical,cRLSign' }, 'CHAIN_INVALID', false],
    ['with an unknown critical extension', { '1.2.3.4': 'critical,DER:0500' }, 'CHAIN_INVALID', false],
  ])('%s', (_, change, code, openssl) => {
    const other = issue({ name: 'Issuing', issuer: root, keyOf: issuing, extensions: { ...asIssuing, ...change } })
    const question = { ...good, intermediates: [other.certificate] }
    if (code === undefined) expect(verifyPath(question).path).toContain(other.certificate)
    else expect(() => verifyPath(question)).toThrow(failure(code))
    if (openssl !== undefined) expect(opensslAccepts([other], leaf)).toBe(openssl)
  })

  it('is never a host: its certificate gives no right to issue (rule 3)', () => {
    const forged = issue({ name: 'Forged', issuer: leaf, extensions: asLeaf })
    const intermediates = [leaf.certificate, issuing.certificate]
    expect(() => verifyPath({ ...good, leaf: forged.certificate, intermediates })).toThrow(failure('CHAIN_INVALID'))
    expect(opensslAccepts([leaf, issuing], forged)).toBe(false)
  })

  it('stands no further from the leaf than its pathLen allows', () => {
    const second = issue({ name: 'Second', issuer: issuing, extensions: asIssuing })
    const below = issue({ name: 'Below', issuer: second, extensions: asLeaf })
    const intermediates = [issuing.certificate, second.certificate]
    expect(() => verifyPath({ ...good, leaf: below.certificate, intermediates })).toThrow(failure('CHAIN_INVALID'))
    expect(opensslAccepts([issuing, second], below)).toBe(false)
  })

  it('of the right name but with another key has not signed', () => {
    const other = issue({ name: 'Issuing', issuer: root, extensions: { ...asIssuing, subjectKeyIdentifier: 'none' } })
    expect(() => verifyPath({ ...good, intermediates: [other.certificate] })).toThrow(failure('CHAIN_INVALID'))
  })

  it('with the right key but of another name is no issuer of the leaf', () => {
    const other = issue({ name: 'Renamed', issuer: root, keyOf: issuing, extensions: asIssuing })
    expect(() => verifyPath({ ...good, intermediates: [other.certificate] })).toThrow(failure('ROOT_UNKNOWN'))
    expect(opensslAccepts([other], leaf)).toBe(false)
  })

  it('that has ended does no harm beside one that has not', () => {
    const ended = issue({ name: 'Issuing', issuer: root, keyOf: issuing, extensions: asIssuing, to: '20260601000000Z' })
    const { path, unused } = verifyPath({ ...good, intermediates: [ended.certificate, issuing.certificate] })
    expect(path[1]).toBe(issuing.certificate)
    expect(unused).toEqual([ended.certificate])
  })
})

describe('roots', () => {
  const other = issue({ name: 'Root', extensions: asRoot })

  it('that are not trusted make nothing trusted, named the same or not', () => {
    expect(() => verifyPath({ ...good, roots: [] })).toThrow(failure('ROOT_UNKNOWN'))
    expect(() => verifyPath({ ...good, roots: [other.certificate] })).toThrow(failure('ROOT_UNKNOWN'))
  })

  it('in the chain itself are not believed', () => {
    const intermediates = [issuing.certificate, root.certificate]
    expect(() => verifyPath({ ...good, intermediates, roots: [other.certificate] })).toThrow(failure('ROOT_UNKNOWN'))
  })

  it('are all tried', () => {
    expect(verifyPath({ ...good, roots: [other.certificate, root.certificate] }).root).toBe(root.certificate)
  })

  it('may sign each other: old clients and new ones accept the same chain (rule 1)', () => {
    const crossed = issue({ name: 'New root', issuer: root, extensions: asRoot })
    const next = issue({ name: 'New root', keyOf: crossed, extensions: asRoot })
    const issuer = issue({ name: 'New issuing', issuer: next, extensions: asIssuing })
    const end = issue({ name: 'New host', issuer, extensions: asLeaf })
    const intermediates = [issuer.certificate, crossed.certificate]
    const question = { ...good, leaf: end.certificate, intermediates }
    expect(verifyPath(question).path).toHaveLength(4)
    expect(verifyPath({ ...question, roots: [next.certificate] }).unused).toEqual([crossed.certificate])
    expect(verifyPath({ ...question, roots: [root.certificate, next.certificate] }).root).toBe(next.certificate)
    expect(opensslAccepts([issuer, crossed], end)).toBe(true)
  })

  it('stand at most four certificates above the leaf', () => {
    const links = Array.from({ length: 4 }).reduce<Issued[]>((above, _, index) => {
      return [...above, issue({ name: `Link ${String(index)}`, issuer: above.at(-1) ?? root, extensions: asRoot })]
    }, [])
    const ends = links.map((issuer) => issue({ name: 'End', issuer, extensions: asLeaf }).certificate)
    const intermediates = links.map(({ certificate }) => certificate)
    const [, , fifth = leaf.certificate, sixth = leaf.certificate] = ends
    expect(verifyPath({ ...good, leaf: fifth, intermediates }).path).toHaveLength(5)
    expect(() => verifyPath({ ...good, leaf: sixth, intermediates })).toThrow(failure('CHAIN_INVALID'))
    expect(() => verifyPath({ ...good, leaf: sixth, intermediates })).toThrow(/longer than 5/)
  })

  it('from outside are taken only when they have signed themselves', () => {
    expect(parseRoot(root.certificate.der)).toEqual(root.certificate)
    expect(() => parseRoot(issuing.certificate.der)).toThrow(failure('CHAIN_INVALID'))
    const altered = new Uint8Array(root.certificate.der)
    altered[altered.length - 1] = Number(altered.at(-1)) ^ 1
    expect(() => parseRoot(altered)).toThrow(failure('CHAIN_INVALID'))
  })
})
