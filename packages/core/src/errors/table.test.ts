import { describe, expect, it } from 'vitest'
import { ActivationError } from './activation-error.ts'
import { describeError, errorTable, formatErrorNumber } from './table.ts'

describe('the error table', () => {
  it('uses every name and every number once', () => {
    expect(new Set(errorTable.map(({ name }) => name)).size).toBe(errorTable.length)
    expect(new Set(errorTable.map(({ number }) => number)).size).toBe(errorTable.length)
  })

  it.each(errorTable)('says what $name means, why it comes and what to do, in whole sentences', (row) => {
    expect(row.name).toMatch(/^[A-Z][A-Z_]+$/)
    for (const text of [row.meaning, row.cause, row.remedy]) expect(text).toMatch(/^[A-Z"].{10,}\.$/)
  })

  it('numbers what the reference does not have with the customer bit set', () => {
    for (const { number } of errorTable) {
      expect(number).toSatisfy((value: number) => Number.isInteger(value) && value > 0 && value < 2 ** 32)
      if (number >= 0xe0000000) expect(number >>> 16).toBe(0xe056)
    }
  })
})

describe('describeError', () => {
  it.each([
    'COUNT_INSUFFICIENT',
    'count_insufficient',
    '0xC004F038',
    'c004f038',
    ' 0xc004f038 ',
    '3221549112',
    '-1073418184',
  ])('finds a row by %j', (text) => {
    expect(describeError(text)).toMatchObject({ name: 'COUNT_INSUFFICIENT', number: 0xc004f038, exit: 10 })
  })

  it.each(['', 'NOTHING', '0xC004F', '0'])('finds nothing by %j', (text) => {
    expect(describeError(text)).toBeUndefined()
  })

  it('finds every row by its own number', () => {
    for (const row of errorTable) expect(describeError(formatErrorNumber(row.number))).toBe(row)
  })
})

describe('ActivationError', () => {
  it('carries a code, and nothing else unless it is given', () => {
    const error = new ActivationError('BUSY', 'ask again in 40 s')
    expect(error).toMatchObject({ name: 'ActivationError', code: 'BUSY', message: 'ask again in 40 s', attempts: [] })
    expect(error.data).toEqual({})
    expect('cause' in error).toBe(false)
  })

  it('carries every attempt, its data and its cause', () => {
    const cause = new Error('refused')
    const attempts = [{ target: 'kms.example:1688', code: 'HOST_MUTE', message: 'no answer' }] as const
    const error = new ActivationError('HOST_UNREACHABLE', 'no host', { cause, attempts, data: { tried: 1 } })
    expect(error).toMatchObject({ cause, attempts, data: { tried: 1 } })
  })
})
