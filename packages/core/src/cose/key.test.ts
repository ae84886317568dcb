import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../bytes.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import type { CborKey, CborValue } from '../cbor/value.ts'
import { generatePrivateKey, signerFromPkcs8 } from '../crypto.ts'
import type { PublicKey } from '../crypto.ts'
import { coseKeyOf, parseCoseKey, thumbprint } from './key.ts'

// The example of RFC 9679 §6.
const x = '65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d'
const y = '1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c'
const example: PublicKey = { algorithm: 'ESP256', bytes: fromHex(`04${x}${y}`) }

const { publicKey: okp } = signerFromPkcs8(generatePrivateKey('Ed25519'))

function changed(key: PublicKey, label: CborKey, value?: CborValue): CborValue {
  const map = new Map(coseKeyOf(key))
  if (value === undefined) map.delete(label)
  else map.set(label, value)
  return map
}

describe('COSE_Key', () => {
  it('has the thumbprint of the example in RFC 9679 §6', () => {
    expect(toHex(encodeCbor(coseKeyOf(example)))).toBe(`a401022001215820${x}225820${y}`)
    expect(toHex(thumbprint(example))).toBe('496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec')
  })

  it.each([example, okp])('comes back', (key) => {
    expect(parseCoseKey(decodeCbor(encodeCbor(coseKeyOf(key))))).toEqual(key)
  })

  it.each<[string, CborValue, string]>([
    ['no map', 1, 'MALFORMED'],
    ['no type', changed(example, 1), 'MALFORMED'],
    ['a type that nobody knows', changed(example, 1, 3), 'MALFORMED'],
    ['another curve', changed(example, -1, 2), 'MALFORMED'],
    ['a type that does not fit the curve', changed(okp, 1, 2), 'MALFORMED'],
    ['another curve of Edwards', changed(okp, -1, 7), 'MALFORMED'],
    ['no y', changed(example, -3), 'MALFORMED'],
    ['a y that is compressed', changed(example, -3, true), 'MALFORMED'],
    ['a short x', changed(example, -2, fromHex(x).subarray(1)), 'MALFORMED'],
    ['a point off the curve', changed(example, -2, fromHex(y)), 'MALFORMED'],
    ['a short key', changed(okp, -2, new Uint8Array(31)), 'MALFORMED'],
    ['a key ID', changed(example, 2, new Uint8Array(1)), 'UNKNOWN_CRITICAL'],
    ['a private key', changed(example, -4, new Uint8Array(32)), 'UNKNOWN_CRITICAL'],
  ])('with %s is refused', (_, value, code) => {
    expect(() => parseCoseKey(value)).toThrow(expect.objectContaining({ code }))
  })
})
