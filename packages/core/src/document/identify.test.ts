import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../bytes.ts'
import { encodeCbor } from '../cbor/encode.ts'
import type { CborValue } from '../cbor/value.ts'
import { signSign1 } from '../cose/sign1.ts'
import { encodePem } from '../der/pem.ts'
import { encodeMessageFile } from '../wire/message-file.ts'
import { encodeMessage } from '../wire/message.ts'
import { makeRoot, newSigner } from './certificates.fixture.ts'
import { truncations } from './decoder-laws.fixture.ts'
import { identifyDocument } from './identify.ts'
import { deviceTyps, documentKinds, recoveryTyp } from './kinds.ts'
import { leaseFileMark } from './lease.ts'
import { starterMark } from './starter.ts'

const signer = newSigner()
const root = makeRoot()

function signed(typ: string, detached = false): Uint8Array {
  return signSign1({ typ, payload: new Uint8Array(32), detached }, signer)
}

const query = encodeMessage({ kind: 'host-information-query' })
const receipts = { host: documentKinds['host-receipt'].typ, authority: documentKinds['authority-receipt'].typ }

describe('some bytes', () => {
  it.each([
    ['lease-file', encodeCbor([leaseFileMark, 1])],
    ['starter', encodeCbor([starterMark, 1])],
    ['message-file', encodeMessageFile([query])],
    ['message', query],
    [
      'message',
      encodeCbor(
        new Map([
          [0, 9],
          [1, 99],
        ]),
      ),
    ],
    ['receipt', signed(receipts.host, true)],
    ['checkpoint', signed(receipts.host)],
    ['authority-receipt', signed(receipts.authority, true)],
    ['authority-checkpoint', signed(receipts.authority)],
    ['pack', signed(documentKinds.pack.typ)],
    ['confirmation', signed(documentKinds.confirmation.typ)],
    ['directory-object', signed(documentKinds['directory-object'].typ)],
    ['revocation-list', signed(documentKinds['revocation-list'].typ)],
    ['request', signed(deviceTyps.request)],
    ['challenged-request', signed(deviceTyps.challengedRequest)],
    ['release', signed(deviceTyps.release)],
    ['agent-proof', signed(deviceTyps.agentProof)],
    ['file-request', signed(deviceTyps.fileRequest)],
    ['recovery', signed(recoveryTyp)],
    ['ledger-entry', encodeCbor({ tag: 601, value: new Map() })],
    ['ledger-entry', encodeCbor([0, 0, 1_800_000_000, new Map()])],
    ['certificate', root.der],
    ['pem-certificates', utf8(encodePem('CERTIFICATE', root.der))],
    ['pem-certificate-request', utf8(encodePem('CERTIFICATE REQUEST', root.der))],
    ['private-key', utf8(encodePem('PRIVATE KEY', root.der))],
    ['private-key', utf8('-----BEGIN EC PRIVATE KEY-----\n')],
  ] as const)('are named as a %s', (name, bytes) => {
    expect(identifyDocument(bytes)).toBe(name)
  })

  it.each<[string, CborValue | Uint8Array]>([
    ['an empty file', new Uint8Array()],
    ['a text', utf8('Dear vendor, please find attached')],
    ['PEM of another kind', utf8(encodePem('X509 CRL', root.der))],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0xff)],
    ['a signed document of somebody else', signed('application/cose')],
    ['something like a COSE_Sign1', encodeCbor({ tag: 18, value: [] })],
    ['another tag', encodeCbor({ tag: 17, value: [] })],
    ['another array', encodeCbor(['volact-future', 1])],
    ['an array of numbers', encodeCbor([0, 0, 'x'])],
    ['another array of numbers', encodeCbor([0, 'x', 0])],
    ['another map', encodeCbor(new Map([[1, 1]]))],
    [
      'a map with a text',
      encodeCbor(
        new Map<number, CborValue>([
          [0, 1],
          [1, 'x'],
        ]),
      ),
    ],
    ['a number', encodeCbor(7)],
  ])('are unknown when they are %s', (_, bytes) => {
    expect(identifyDocument(bytes as Uint8Array)).toBe('unknown')
  })

  it('are named without an exception, whatever they are', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void identifyDocument(bytes)))
    for (const cut of truncations(root.der)) expect(identifyDocument(cut)).toBe('unknown')
  })

  it('that are no bytes at all are a bug of the caller, which is not swallowed', () => {
    expect(() => identifyDocument('text' as never)).toThrow(TypeError)
  })
})
