import { describe, expect, it } from 'vitest'
import { toHex } from '../bytes.ts'
import { encodeCbor } from '../cbor/encode.ts'
import type { CborValue } from '../cbor/value.ts'
import { codeOf, looseForms, truncations } from './decoder-laws.fixture.ts'
import { TestHost } from './host.fixture.ts'
import { encodeLeaseFile, parseLeaseFile } from './lease.ts'
import { outcomes } from './outcomes.fixture.ts'
import { withoutConsistency } from './receipt.ts'

const host = new TestHost()
const lease = host.lease()

function file(...parts: readonly CborValue[]): Uint8Array {
  return encodeCbor(parts)
}

describe('a lease file', () => {
  it('is read as it was written', () => {
    expect(parseLeaseFile(encodeLeaseFile(lease))).toEqual(lease)
  })

  it('is written without the consistency proof, and refused with one (protocol.md §9.2)', () => {
    const answer = host.lease({}, { from: 2 })
    expect(parseLeaseFile(encodeLeaseFile(answer))).toEqual({ ...answer, receipt: withoutConsistency(answer.receipt) })
    const { entry, receipt, chain } = answer
    expect(codeOf(() => parseLeaseFile(file('volact-lease', 1, entry, receipt, chain)))).toBe('MALFORMED')
  })

  const { entry, receipt, chain } = lease

  it.each<[string, readonly CborValue[], string]>([
    ['another mark', ['volact-starter', 1, entry, receipt, chain], 'MALFORMED'],
    ['a mark that is no text', [1, 1, entry, receipt, chain], 'MALFORMED'],
    ['a version of the future', ['volact-lease', 2, entry, receipt, chain], 'UNSUPPORTED_VERSION'],
    ['no chain', ['volact-lease', 1, entry, receipt], 'MALFORMED'],
    ['an empty chain', ['volact-lease', 1, entry, receipt, []], 'MALFORMED'],
    ['something in the chain that is no byte string', ['volact-lease', 1, entry, receipt, [null]], 'MALFORMED'],
    ['something after the chain', ['volact-lease', 1, entry, receipt, chain, 0], 'MALFORMED'],
    ['no receipt', ['volact-lease', 1, entry, null, chain], 'MALFORMED'],
    ['an entry that is not wrapped', ['volact-lease', 1, [], receipt, chain], 'MALFORMED'],
  ])('with %s is refused', (_, parts, code) => {
    expect(codeOf(() => parseLeaseFile(file(...parts)))).toBe(code)
  })

  it('cut short or loosely encoded is malformed', () => {
    const bytes = encodeLeaseFile(lease)
    expect(outcomes([...truncations(bytes), ...looseForms(bytes)], parseLeaseFile)).toEqual(['MALFORMED'])
  })

  it('has one encoding', () => {
    const bytes = encodeLeaseFile(lease)
    expect(toHex(encodeLeaseFile(parseLeaseFile(bytes)))).toBe(toHex(bytes))
  })
})
