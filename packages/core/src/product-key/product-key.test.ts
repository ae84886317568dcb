import { inspect } from 'node:util'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ActivationError } from '../errors/activation-error.ts'
import { keyAlphabet, payloadLength } from './alphabet.ts'
import { checkDigits } from './check.ts'
import { expectKind } from './expect-kind.ts'
import { issueProductKey } from './issue-product-key.ts'
import { packPayload } from './payload.ts'
import { formatProductKey, isSameKey, keyDigest, lastFive, ProductKey } from './product-key.ts'

const random = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
const hostKey = issueProductKey({ kind: 'host', group: 7, serial: 4_711, random })
const setupKey = issueProductKey({ kind: 'setup', group: 7, serial: 4_711, random })
const mak = issueProductKey({ kind: 'MAK', group: 7, serial: 4_711, random })

function codeOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    if (error instanceof ActivationError) return { code: error.code, message: error.message }
    throw error
  }
  return 'no error'
}

function withCheck(payload: readonly number[]): readonly number[] {
  return [...payload, ...checkDigits(payload)]
}

describe('a product key', () => {
  it('is five groups of five characters that cannot be mistaken for others', () => {
    expect(formatProductKey(hostKey)).toMatch(/^(?:[BCDFGHJKMPQRTVWXY2346789]{5}-){4}[BCDFGHJKMPQRTVWXY2346789]{5}$/)
    expect(new Set(keyAlphabet).size).toBe(24)
  })

  it('has one form for ever: these are golden', () => {
    expect([hostKey, setupKey, mak].map(formatProductKey)).toMatchInlineSnapshot(`
      [
        "BB2H7-DY4FH-8BP8D-87R2Y-QHYCW",
        "GP48V-MGVW2-GRTB2-FD4HC-BRBXF",
        "M38XH-VYMDG-Q8WFK-KMDYP-WYM76",
      ]
    `)
  })

  it('is issued from the kind, group and serial that it then shows', () => {
    const key = issueProductKey({ kind: 'MAK', group: 1_023, serial: 2 ** 32 - 1, random })
    expect([key.kind, key.group, key.serial]).toEqual(['MAK', 1_023, 2 ** 32 - 1])
  })

  it('is not issued from numbers out of range or too little chance: that is a bug of the caller', () => {
    const good = { kind: 'host', group: 0, serial: 0, random } as const
    expect(() => issueProductKey({ ...good, group: 1_024 })).toThrow('group takes a whole number from 0 to 1023')
    expect(() => issueProductKey({ ...good, serial: -1 })).toThrow('serial takes a whole number from 0 to 4294967295')
    expect(() => issueProductKey({ ...good, serial: 0.5 })).toThrow('not 0.5')
    expect(() => issueProductKey({ ...good, random: random.slice(1) })).toThrow('random takes 8 bytes, not 7')
  })

  it('differs when one of its 61 random bits differs', () => {
    const other = issueProductKey({ kind: 'host', group: 7, serial: 4_711, random: random.with(7, 9) })
    expect(isSameKey(hostKey, other)).toBe(false)
    expect(isSameKey(hostKey, issueProductKey({ kind: 'host', group: 7, serial: 4_711, random }))).toBe(true)
    const unused = issueProductKey({ kind: 'host', group: 7, serial: 4_711, random: random.with(0, 0xe1) })
    expect(isSameKey(hostKey, unused)).toBe(true)
  })

  it('shows the last five characters only, wherever it is printed by accident (rule 52)', () => {
    const tail = lastFive(hostKey)
    const masked = `*****-*****-*****-*****-${tail}`
    expect(tail).toBe(formatProductKey(hostKey).slice(-5))
    expect(String(hostKey)).toBe(masked)
    expect(JSON.stringify({ key: hostKey })).toBe(`{"key":"${masked}"}`)
    const printed = inspect({ hostKey }, { showHidden: true, depth: 9 }) + JSON.stringify(Object.entries(hostKey))
    for (const group of formatProductKey(hostKey).split('-').slice(0, 4)) expect(printed).not.toContain(group)
  })

  it('is stored as SHA-256 over its 25 characters (rule 52)', () => {
    const characters = formatProductKey(hostKey).replaceAll('-', '')
    expect(characters).toBe(hostKey.reveal())
    expect(keyDigest(hostKey)).toEqual(new Uint8Array(createHash('sha256').update(characters, 'ascii').digest()))
  })

  it('of the reserved kind, or above 2^105, is refused although its check fits', () => {
    const reserved = withCheck(packPayload({ kind: 3, group: 0, serial: 0, random: 0n }))
    expect(codeOf(() => new ProductKey(reserved))).toMatchObject({
      code: 'KEY_INVALID',
      message: expect.stringContaining('of a kind (3) that this version does not know') as string,
    })
    const above = withCheck(Array.from({ length: payloadLength }, () => 23))
    expect(codeOf(() => new ProductKey(above))).toMatchObject({
      code: 'KEY_INVALID',
      message: expect.stringContaining('no key begins with these characters') as string,
    })
  })

  it('is made of 25 digits; another number is a bug of the caller', () => {
    expect(() => new ProductKey([1, 2, 3])).toThrow('a key has 25 digits, not 3')
  })
})

describe('a key where another kind is wanted', () => {
  it('is taken when the kind is one of those wanted', () => {
    expect(expectKind(setupKey, 'setup', 'MAK')).toBe(setupKey)
    expect(expectKind(hostKey, 'host')).toBe(hostKey)
  })

  it('is, as a host key on a client, called what it is: a secret, and exposed now', () => {
    const refused = codeOf(() => expectKind(hostKey, 'setup', 'MAK'))
    expect(refused).toMatchObject({ code: 'HOST_KEY_ON_CLIENT' })
    expect(JSON.stringify(refused)).toContain('is a secret, and is now exposed')
    expect(JSON.stringify(refused)).not.toContain(formatProductKey(hostKey).slice(0, 5))
  })

  it('is otherwise refused with both kinds', () => {
    expect(codeOf(() => expectKind(setupKey, 'host'))).toEqual({
      code: 'KEY_INVALID',
      message: `the key ending in ${lastFive(setupKey)} is a setup key; what belongs here is a host key`,
    })
  })
})
