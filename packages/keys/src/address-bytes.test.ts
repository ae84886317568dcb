import { expect, it } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { addressBytes } from './address-bytes.ts'

it.each([
  ['127.0.0.1', '7f000001'],
  ['::1', '00000000000000000000000000000001'],
  ['::', '00000000000000000000000000000000'],
  ['2001:db8::a:0:b', '20010db8000000000000000a0000000b'],
  ['FE80::1', 'fe800000000000000000000000000001'],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
  ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
])('%s is %s', (text, hex) => {
  expect(toHex(addressBytes(text) ?? new Uint8Array())).toBe(hex)
})

it.each(['localhost', '', '1.2.3', '1.2.3.4.5', 'fe80::1%eth0', '::g', '[::1]'])('"%s" is no address', (text) => {
  expect(addressBytes(text)).toBeUndefined()
})
