import { X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, toHex, utf8 } from '../bytes.ts'
import { generatePrivateKey, sha256, signerFromPkcs8, spkiFromPublicKey } from '../crypto.ts'
import { contextConstructed, contextPrimitive, tags } from '../der/tags.ts'
import { derElement, derNull, derOctetString, derOid, derSequence, derUnsigned } from '../der/writer.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { fromIso } from '../time.ts'
import { extensionValue, isSignedBy, parseCertificate } from './certificate.ts'
import { extensionOids, keyUsageOids, standardOids } from './oids.ts'
import { ecdsaWithSha256 } from './signed.ts'

const signer = signerFromPkcs8(generatePrivateKey('ESP256'))
const ed25519 = signerFromPkcs8(generatePrivateKey('Ed25519'))
const malformed: unknown = expect.objectContaining({ code: 'MALFORMED' })

const attribute = (type: string, text: string, tag: number = tags.utf8String): Uint8Array =>
  derSequence(derOid(type), derElement(tag, utf8(text)))
const nameOf = (...attributes: readonly Uint8Array[]): Uint8Array =>
  derSequence(...attributes.map((one) => derElement(tags.set, one)))
const commonName = nameOf(attribute('2.5.4.3', 'Example'))
const utcTime = (text: string): Uint8Array => derElement(tags.utcTime, utf8(text))
const isTrue = fromHex('0101ff')
const extension = (oid: string, value: Uint8Array, ...critical: readonly Uint8Array[]): Uint8Array =>
  derSequence(derOid(oid), ...critical, derOctetString(value))

interface Parts {
  readonly version: Uint8Array
  readonly serial: Uint8Array
  readonly algorithm: Uint8Array
  readonly issuer: Uint8Array
  readonly validity: Uint8Array
  readonly subject: Uint8Array
  readonly key: Uint8Array
  readonly uniqueIds: Uint8Array
  readonly extensions: readonly Uint8Array[]
  readonly outerAlgorithm: Uint8Array
  readonly after: Uint8Array
}

const parts: Parts = {
  version: derElement(contextConstructed(0), derUnsigned(Uint8Array.of(2))),
  serial: derUnsigned(Uint8Array.of(0x80, 1)),
  algorithm: ecdsaWithSha256,
  issuer: commonName,
  validity: derSequence(utcTime('260101000000Z'), derElement(tags.generalizedTime, utf8('20510101000000Z'))),
  subject: nameOf(
    attribute('2.5.4.3', 'A, B'),
    attribute('2.5.4.10', 'C', tags.printableString),
    attribute('2.999', 'x'),
  ),
  key: spkiFromPublicKey(signer.publicKey),
  uniqueIds: new Uint8Array(),
  extensions: [extension('1.2.3.4', derNull())],
  outerAlgorithm: ecdsaWithSha256,
  after: new Uint8Array(),
}

function build(changes: Partial<Parts> = {}): Uint8Array {
  const { version, serial, algorithm, issuer, validity, subject, key, uniqueIds, extensions, outerAlgorithm, after } = {
    ...parts,
    ...changes,
  }
  const wrapped = derElement(contextConstructed(3), derSequence(...extensions))
  const signed = derSequence(version, serial, algorithm, issuer, validity, subject, key, uniqueIds, wrapped)
  const raw = signer.sign(signed)
  const signature = derSequence(derUnsigned(raw.subarray(0, 32)), derUnsigned(raw.subarray(32)))
  return concat(derSequence(signed, outerAlgorithm, derElement(tags.bitString, Uint8Array.of(0), signature)), after)
}

const withExtension = (oid: string, hex: string): Uint8Array => build({ extensions: [extension(oid, fromHex(hex))] })

describe('parseCertificate', () => {
  const der = build()
  const certificate = parseCertificate(der)

  it('reads what node:crypto reads', () => {
    const node = new X509Certificate(der)
    expect(toHex(certificate.fingerprint)).toBe(node.fingerprint256.replaceAll(':', '').toLowerCase())
    expect(toHex(certificate.serial)).toBe(node.serialNumber.toLowerCase())
    expect(certificate.notBefore * 1000).toBe(node.validFromDate.getTime())
    expect(certificate.notAfter).toBe(fromIso('2051-01-01T00:00:00Z'))
    expect(certificate.publicKey).toEqual(signer.publicKey)
    expect(isSignedBy(certificate, certificate)).toBe(node.verify(node.publicKey))
    expect(node.verify(node.publicKey)).toBe(true)
  })

  it('gives names as text for people, their commas escaped', () => {
    expect([certificate.issuer.text, certificate.subject.text]).toEqual(['CN=Example', 'CN=A\\, B, O=C, 2.999=x'])
    const several = derSequence(derElement(tags.set, attribute('2.5.4.3', 'A'), attribute('2.5.4.11', 'B')))
    expect(parseCertificate(build({ subject: several })).subject.text).toBe('CN=A+OU=B')
  })

  it('gives extensions by their OID, and knows none that is not there', () => {
    expect(extensionValue(certificate, '1.2.3.4')).toEqual(derNull())
    expect(extensionValue(certificate, extensionOids.entitlement)).toBeUndefined()
    expect(certificate).toMatchObject({ basicConstraints: undefined, keyUsage: undefined, extendedKeyUsage: undefined })
  })

  it('keeps a copy, which a later change of the source does not touch', () => {
    const source = Buffer.from(der)
    const kept = parseCertificate(source)
    source.fill(0)
    expect(kept).toEqual(certificate)
    expect(sha256(kept.der)).toEqual(kept.fingerprint)
  })

  it('reads our own OIDs, 128-bit arc included, as openssl writes them', () => {
    const marked = parseCertificate(build({ extensions: [extension(extensionOids.testRoot, derNull())] }))
    expect(marked.extensions).toEqual([{ oid: extensionOids.testRoot, critical: false, value: derNull() }])
  })

  it('reads the extensions that paths need', () => {
    const extensions = [
      extension(standardOids.basicConstraints, fromHex('30060101ff020103'), isTrue),
      extension(standardOids.keyUsage, fromHex('03020106')),
      extension(standardOids.extendedKeyUsage, derSequence(derOid(keyUsageOids.pack))),
      extension(standardOids.subjectKeyIdentifier, derOctetString(Uint8Array.of(1, 2))),
      extension(standardOids.authorityKeyIdentifier, derSequence(derElement(contextPrimitive(0), Uint8Array.of(3)))),
    ]
    expect(parseCertificate(build({ extensions }))).toMatchObject({
      basicConstraints: { ca: true, pathLength: 3 },
      keyUsage: new Set(['keyCertSign', 'cRLSign']),
      extendedKeyUsage: [keyUsageOids.pack],
      subjectKeyIdentifier: '0102',
      authorityKeyIdentifier: '03',
    })
  })

  it('reads an authorityKeyIdentifier without a key, and with issuer and serial', () => {
    const identifierOf = (hex: string): string | undefined =>
      parseCertificate(withExtension(standardOids.authorityKeyIdentifier, hex)).authorityKeyIdentifier
    expect(identifierOf('3000')).toBeUndefined()
    expect(identifierOf('3008800103a100820101')).toBe('03')
  })

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['bytes after the end', build({ after: Uint8Array.of(0) })],
    ['version 1', build({ version: new Uint8Array() })],
    ['version 2', build({ version: derElement(contextConstructed(0), derUnsigned(Uint8Array.of(1))) })],
    ['serial 0', build({ serial: derUnsigned(new Uint8Array()) })],
    ['a negative serial', build({ serial: fromHex('020180') })],
    ['a serial of 21 bytes', build({ serial: derUnsigned(new Uint8Array(21).fill(1)) })],
    ['another inner algorithm', build({ algorithm: fromHex('300a06082a8648ce3d040303') })],
    ['another outer algorithm', build({ outerAlgorithm: fromHex('300a06082a8648ce3d040303') })],
    ['parameters of the algorithm', build({ algorithm: fromHex('300c06082a8648ce3d0403020500') })],
    ['an empty issuer', build({ issuer: derSequence() })],
    ['an empty subject', build({ subject: derSequence() })],
    ['a name in an old alphabet', build({ subject: nameOf(attribute('2.5.4.3', 'A', 0x14)) })],
    ['a name with a control character', build({ subject: nameOf(attribute('2.5.4.3', 'A\nB')) })],
    [
      'a name with more in an attribute',
      build({ subject: nameOf(derSequence(derOid('2.5.4.3'), derNull(), derNull())) }),
    ],
    ['three times', build({ validity: derSequence(...Array.from({ length: 3 }, () => utcTime('260101000000Z'))) })],
    ['an Ed25519 key', build({ key: spkiFromPublicKey(ed25519.publicKey) })],
    [
      'a key off the curve',
      build({ key: concat(parts.key.subarray(0, -1), Uint8Array.of(Number(parts.key.at(-1)) ^ 1)) }),
    ],
    ['unique IDs', build({ uniqueIds: fromHex('81020000') })],
    ['no extensions', build({ extensions: [] })],
    ['an extension twice', build({ extensions: [...parts.extensions, ...parts.extensions] })],
    [
      'too many extensions',
      build({ extensions: Array.from({ length: 33 }, (_, n) => extension(`1.2.${n}`, derNull())) }),
    ],
    ['a FALSE written out', build({ extensions: [extension('1.2.3.4', derNull(), fromHex('010100'))] })],
    [
      'more in an extension',
      build({ extensions: [derSequence(derOid('1.2.3.4'), derOctetString(derNull()), derNull())] }),
    ],
    ['CA:FALSE written out', withExtension(standardOids.basicConstraints, '3003010100')],
    ['pathLen without CA', withExtension(standardOids.basicConstraints, '3003020100')],
    ['more after basicConstraints', withExtension(standardOids.basicConstraints, '30000500')],
    ['a keyUsage without bits', withExtension(standardOids.keyUsage, '030100')],
    ['a keyUsage with too many bits', withExtension(standardOids.keyUsage, '0303060040')],
    ['more after keyUsage', withExtension(standardOids.keyUsage, '030207800500')],
    ['an empty extKeyUsage', withExtension(standardOids.extendedKeyUsage, '3000')],
    ['more after extKeyUsage', withExtension(standardOids.extendedKeyUsage, '300406022a030500')],
    ['more after subjectKeyIdentifier', withExtension(standardOids.subjectKeyIdentifier, '0401000500')],
    ['more in authorityKeyIdentifier', withExtension(standardOids.authorityKeyIdentifier, '3003830100')],
    ['more after authorityKeyIdentifier', withExtension(standardOids.authorityKeyIdentifier, '30000500')],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseCertificate(bytes)).toThrow(malformed)
  })

  it('reads CA without pathLen, and neither', () => {
    expect(parseCertificate(withExtension(standardOids.basicConstraints, '30030101ff')).basicConstraints).toEqual({
      ca: true,
      pathLength: undefined,
    })
    expect(parseCertificate(withExtension(standardOids.basicConstraints, '3000')).basicConstraints?.ca).toBe(false)
  })

  it('gives, whatever bit is changed, one coded error or a certificate whose signature no longer holds', () => {
    fc.assert(
      fc.property(fc.nat(der.length * 8 - 1), (bit) => {
        const altered = new Uint8Array(der)
        altered[bit >> 3] = Number(altered[bit >> 3]) ^ (1 << (bit & 7))
        try {
          expect(isSignedBy(parseCertificate(altered), certificate)).toBe(false)
        } catch (error) {
          expect(error).toBeInstanceOf(ActivationError)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
