import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { concat, fromHex, utf8 } from '../bytes.ts'
import { generatePrivateKey, signerFromPkcs8, spkiFromPublicKey } from '../crypto.ts'
import { encodePem } from '../der/pem.ts'
import { contextConstructed, tags } from '../der/tags.ts'
import { bitFlips, codeOf, truncations } from '../document/decoder-laws.fixture.ts'
import { derElement, derNull, derOctetString, derOid, derSequence, derUnsigned } from '../der/writer.ts'
import { extensionOids, standardOids } from './oids.ts'
import { parseCertificateRequest } from './request.ts'
import { ecdsaWithSha256 } from './signed.ts'

const folder = mkdtempSync(join(tmpdir(), 'volact-request-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const pkcs8 = generatePrivateKey('ESP256')
const signer = signerFromPkcs8(pkcs8)
const logId = new Uint8Array(32).fill(7)

const extension = (oid: string, value: Uint8Array): Uint8Array => derSequence(derOid(oid), derOctetString(value))
const requested = (...extensions: readonly Uint8Array[]): Uint8Array =>
  derSequence(derOid(standardOids.extensionRequest), derElement(tags.set, derSequence(...extensions)))
const logExtension = extension(extensionOids.logId, derOctetString(logId))
const otherAttribute = derSequence(derOid('1.2.3.4'), derElement(tags.set, derNull()))

interface Parts {
  readonly version: Uint8Array
  readonly key: Uint8Array
  readonly attributes: readonly Uint8Array[]
  readonly afterInfo: Uint8Array
}

const parts: Parts = {
  version: derUnsigned(new Uint8Array()),
  key: spkiFromPublicKey(signer.publicKey),
  attributes: [requested(logExtension)],
  afterInfo: new Uint8Array(),
}

function build(changes: Partial<Parts> = {}): Uint8Array {
  const { version, key, attributes, afterInfo } = { ...parts, ...changes }
  const name = derSequence(derElement(tags.set, derSequence(derOid('2.5.4.3'), derElement(tags.utf8String, utf8('H')))))
  const info = derSequence(version, name, key, derElement(contextConstructed(0), ...attributes), afterInfo)
  const raw = signer.sign(info)
  const signature = derSequence(derUnsigned(raw.subarray(0, 32)), derUnsigned(raw.subarray(32)))
  return derSequence(info, ecdsaWithSha256, derElement(tags.bitString, Uint8Array.of(0), signature))
}

describe('parseCertificateRequest', () => {
  it('reads what openssl makes: name, key and the ID of the log (rule 7)', () => {
    const config = `[req]\ndistinguished_name=dn\nreq_extensions=v3\nstring_mask=utf8only\n[dn]\n[v3]\nkeyUsage=digitalSignature\n${extensionOids.logId}=DER:0420${'07'.repeat(32)}\n`
    writeFileSync(join(folder, 'req.cnf'), config)
    writeFileSync(join(folder, 'key.pem'), encodePem('PRIVATE KEY', pkcs8))
    const args = [
      'req',
      '-new',
      '-config',
      'req.cnf',
      '-key',
      'key.pem',
      '-subj',
      '/O=Example/CN=Host',
      '-outform',
      'DER',
    ]
    const der = execFileSync('openssl', args, { cwd: folder })
    expect(parseCertificateRequest(der)).toEqual({ subject: 'O=Example, CN=Host', publicKey: signer.publicKey, logId })
  })

  it('believes nothing else in it', () => {
    const attributes = [otherAttribute, requested(extension('1.2.3.4', derNull()), logExtension)]
    expect(Object.keys(parseCertificateRequest(build({ attributes })))).toEqual(['subject', 'publicKey', 'logId'])
  })

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['bytes after the end', concat(build(), Uint8Array.of(0))],
    ['version 2', build({ version: derUnsigned(Uint8Array.of(1)) })],
    ['more in what is signed', build({ afterInfo: derNull() })],
    ['no attributes', build({ attributes: [] })],
    ['other attributes only', build({ attributes: [otherAttribute] })],
    ['an extensionRequest twice', build({ attributes: [requested(logExtension), requested(logExtension)] })],
    ['other extensions only', build({ attributes: [requested(extension('1.2.3.4', derNull()))] })],
    ['the ID of the log twice', build({ attributes: [requested(logExtension, logExtension)] })],
    [
      'an ID of 31 bytes',
      build({ attributes: [requested(extension(extensionOids.logId, derOctetString(logId.subarray(1))))] }),
    ],
    [
      'more after the ID',
      build({ attributes: [requested(extension(extensionOids.logId, concat(derOctetString(logId), derNull())))] }),
    ],
    [
      'two sets of extensions',
      build({
        attributes: [
          derSequence(
            derOid(standardOids.extensionRequest),
            derElement(tags.set, derSequence(logExtension), derSequence(logExtension)),
          ),
        ],
      }),
    ],
    ['more in an attribute', build({ attributes: [derSequence(derOid('1.2.3.4'), derElement(tags.set), derNull())] })],
    ['a key of another kind', build({ key: fromHex('3000') })],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseCertificateRequest(bytes)).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
  })

  it('is refused with one coded error when it is cut short, goes on, or has any bit turned over', () => {
    const request = build()
    for (const bad of [...truncations(request), concat(request, Uint8Array.of(0)), ...bitFlips(request)]) {
      expect(codeOf(() => parseCertificateRequest(bad))).toBeDefined()
    }
  })

  it('refuses a request that another key has signed', () => {
    const key = spkiFromPublicKey(signerFromPkcs8(generatePrivateKey('ESP256')).publicKey)
    expect(() => parseCertificateRequest(build({ key }))).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_INVALID' }),
    )
  })
})
