import { concat } from '@volact/core/bytes'
import { bad, good, hex } from './vector-file.ts'
import type { Draft, FileDraft } from './vector-file.ts'

/** The encoding below everything: RFC 8949 appendix A as far as our subset goes, and what it leaves out. */
export function cborFile(): FileDraft {
  return {
    format: 'cbor',
    section: '§1.1',
    about: 'Decodes one value of the deterministic subset, and encodes it again to the same bytes.',
    cases: [
      ...allowed.map((digits) => good(digits, { bytes: hex(digits) })),
      ...refused(),
      good('arrays 16 deep', { bytes: nested(16) }),
    ],
  }
}

const allowed: readonly string[] = [
  ...['00', '01', '0a', '17', '1818', '1819', '1864', '18ff', '190100', '1903e8', '19ffff', '1a00010000', '1a000f4240'],
  ...['1affffffff', '1b0000000100000000', '1b000000e8d4a51000', '1b001fffffffffffff'],
  ...['20', '29', '37', '3818', '3863', '3903e7', '3b001ffffffffffffe'],
  ...[
    'f4',
    'f5',
    'f6',
    '40',
    '4401020304',
    '60',
    '6161',
    '6449455446',
    '62225c',
    '62c3bc',
    '63e6b0b4',
    '64f0908591',
    '63efbbbf',
  ],
  ...['80', '83010203', '8301820203820405', '98190102030405060708090a0b0c0d0e0f101112131415161718181819'],
  ...['a0', 'a201020304', 'a26161016162820203', '826161a161626163', 'a56161614161626142616361436164614461656145'],
  // Keys of every kind in their order: 10, 100, -1, "z", "aa" (RFC 8949 §4.2.1).
  ...['a50a011864022003617a0462616105', 'c11a514b67b0', 'd74401020304', 'd90259a0', 'd381a0'],
]

function refused(): readonly Draft[] {
  const cases: Record<string, string> = {
    nothing: '',
    'the end in a head': '19 01',
    'the end in a byte string': '43 01 02',
    'the end in an array': '82 01',
    'the end in a map': 'a1 01',
    'the end behind a tag': 'c1',
    'a byte after the end': '00 00',
    'a number not in its shortest form, 1 byte': '18 17',
    'a number not in its shortest form, 2 bytes': '19 00ff',
    'a number not in its shortest form, 4 bytes': '1a 0000ffff',
    'a number not in its shortest form, 8 bytes': '1b 00000000ffffffff',
    'a length not in its shortest form': '58 01 00',
    'a count not in its shortest form': '98 01 00',
    'a tag not in its shortest form': 'd8 12 80',
    '2^53': '1b 0020000000000000',
    '2^64 - 1': '1b ffffffffffffffff',
    '-2^53': '3b 001fffffffffffff',
    'a half float': 'f9 3c00',
    'a float': 'fa 47c35000',
    'a double': 'fb 3ff199999999999a',
    undefined: 'f7',
    'a simple value': 'f0',
    'a simple value of two bytes': 'f8 ff',
    'an indefinite byte string': '5f 42 0102 ff',
    'an indefinite text': '7f 61 61 ff',
    'an indefinite array': '9f 01 ff',
    'an indefinite map': 'bf 01 02 ff',
    'a break': 'ff',
    'a reserved length': '1c',
    'keys unsorted': 'a2 02 00 01 00',
    'keys sorted by length first': 'a2 20 00 1818 00',
    'a key twice': 'a2 01 00 01 01',
    'a byte string as key': 'a1 41 00 00',
    'an array as key': 'a1 80 00',
    'true as key': 'a1 f5 00',
    'text that is no UTF-8': '61 ff',
    'a surrogate in UTF-8': '63 eda080',
    'an overlong form in UTF-8': '62 c080',
    'a length beyond the bytes': '5a ffffffff 00',
    'a count beyond the bytes': '9b 001fffffffffffff 00',
  }
  const written = Object.entries(cases).map(([name, digits]) => bad('MALFORMED', name, { bytes: hex(digits) }))
  return [...written, bad('MALFORMED', 'arrays 17 deep', { bytes: nested(17) })]
}

function nested(depth: number): Uint8Array {
  return concat(new Uint8Array(depth - 1).fill(0x81), Uint8Array.of(0x80))
}
