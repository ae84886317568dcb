import { issueProductKey } from '@volact/core/product-key/issue-product-key'
import { formatProductKey } from '@volact/core/product-key/product-key'
import type { KeyKind } from '@volact/core/product-key/product-key'
import { bad, filled, good, hex } from './vector-file.ts'
import type { Draft, FileDraft } from './vector-file.ts'

const random = hex('1f2e3d4c5b6a7988')
const kinds: readonly KeyKind[] = ['host', 'setup', 'MAK']

/** Product keys. */
export function keyFiles(): readonly FileDraft[] {
  return [productKeys(), issuedKeys()]
}

function productKeys(): FileDraft {
  const keys = kinds.map((kind, index) =>
    formatProductKey(issueProductKey({ kind, group: 341 * index, serial: 305_419_896 + index, random })),
  )
  const [host = '', setup = ''] = keys
  const bare = setup.replaceAll('-', '')
  return {
    format: 'product-key',
    section: '§12.1',
    about:
      'Reads what a person typed. Output: kind, key group, serial, canonical writing, last five characters, SHA-256 over the 25 characters.',
    cases: [
      ...keys.map((text, index) => good(`a ${String(kinds[index])} key`, { text })),
      good('all bits zero', {
        text: formatProductKey(issueProductKey({ kind: 'host', group: 0, serial: 0, random: filled(0, 8) })),
      }),
      good('all numbers as large as they may be', {
        text: formatProductKey(
          issueProductKey({ kind: 'MAK', group: 1023, serial: 2 ** 32 - 1, random: filled(0xff, 8) }),
        ),
      }),
      good('lower case without hyphens', { text: bare.toLowerCase() }),
      good('spaces around and between', { text: `  ${setup.replaceAll('-', ' ')}\n` }),
      good('long dashes of a mail program', { text: setup.replaceAll('-', '\u2013') }),
      good('no-break spaces and soft hyphens', { text: bare.replace(/.{5}(?!$)/g, '$&\u00a0\u00ad') }),
      bad('KEY_INVALID', 'nothing', { text: '' }),
      bad('KEY_INVALID', 'one character missing', { text: bare.slice(0, -1) }),
      bad('KEY_INVALID', 'one character too many', { text: `${bare}B` }),
      bad('KEY_INVALID', 'a character that keys never contain', { text: bare.replace(/^./, 'O') }),
      ...mistyped(bare),
      ...swapped(host.replaceAll('-', '')),
      bad('KEY_INVALID', 'the reserved kind', { text: withPayload(3n << 103n) }),
      bad('KEY_INVALID', 'a payload of 2^105', { text: withPayload(1n << 105n) }),
    ],
  }
}

const alphabet = 'BCDFGHJKMPQRTVWXY2346789'

function mistyped(key: string): readonly Draft[] {
  return [0, 7, 22, 23, 24].map((at) => {
    const next = alphabet.charAt((alphabet.indexOf(key.charAt(at)) + 1) % alphabet.length)
    return bad('KEY_INVALID', `character ${at + 1} mistyped`, { text: key.slice(0, at) + next + key.slice(at + 1) })
  })
}

function swapped(key: string): readonly Draft[] {
  const characters = Array.from(key)
  const pairs = [
    [0, 1],
    [4, 5],
    [10, 20],
    [22, 23],
    [23, 24],
    [3, 24],
  ] as const
  return pairs.flatMap(([a, b]) => {
    const [one, other] = [key.charAt(a), key.charAt(b)]
    if (one === other) return []
    const text = characters.with(a, other).with(b, one).join('')
    return [bad('KEY_INVALID', `characters ${a + 1} and ${b + 1} swapped`, { text })]
  })
}

/** A key with any payload and the right check, made by the definition in §12.1. */
function withPayload(payload: bigint): string {
  const digits = Array.from({ length: 23 }, (_, place) => Number((payload / 24n ** BigInt(22 - place)) % 24n))
  const check = digits.reduce((sum, digit, index) => sum + (index + 1) * digit, 0) % 571
  return [...digits, Math.floor(check / 24), check % 24].map((digit) => alphabet.charAt(digit)).join('')
}

function issuedKeys(): FileDraft {
  const cases = kinds.flatMap((kind) =>
    [0, 1, 1023].map((group) => good(`${kind}, group ${group}`, { kind, group, serial: group * 65_537, random })),
  )
  return {
    format: 'product-key-issue',
    section: '§12.1',
    about:
      'Makes a key of its numbers and 8 bytes, of which the last 61 bits, most significant first, go into the key.',
    cases: [
      ...cases,
      good('the three bits that are not used change nothing', {
        kind: 'setup',
        group: 1,
        serial: 65_537,
        random: hex('ff2e3d4c5b6a7988'),
      }),
    ],
  }
}
