import { describe, expect, it } from 'vitest'
import { errorAliases } from './aliases.ts'
import { errorsElsewhere } from './elsewhere.ts'
import { explainCode } from './explain-code.ts'
import { errorTable, formatErrorNumber } from './table.ts'

/** Every number that administrators of the reference architecture meet. */
const reference = `
  C004B100 C004C001 C004C003 C004C008 C004C017 C004C020 C004C021 C004D307 C004E002 C004E015 C004F001 C004F009 C004F00F
  4004F00C 4004F00D C004F010 C004F011 C004F012 C004F014 C004F015 C004F017 C004F021 C004F025 C004F027 C004F02C C004F02D
  C004F02E C004F02F C004F030 C004F031 C004F033 C004F034 C004F035 C004F038 C004F039 4004F040 C004F041 C004F042 C004F04D
  C004F050 C004F051 C004F056 C004F057 C004F058 C004F059 C004F061 C004F063 C004F064 4004F065 C004F069 C004F06B C004F06C
  C004F074 C004F075 C004F304 C004F305 80004005 80070005 8007000D 8007007B 80070490 800706BA 8007139F C0020017 8007232A
  8007232B 80072338 8007251D 80092328 8007267C 80072EE2 80072EE7 8004FE21 803F7001
`
  .trim()
  .split(/\s+/)

describe('explainCode', () => {
  it.each(reference)('leaves nobody alone who asks for %s of the reference', (number) => {
    expect(explainCode(number)).toBeDefined()
  })

  it('has a meaning, a likely cause and a remedy for at least 60 numbers of the reference', () => {
    expect(reference.filter((number) => explainCode(number)?.kind !== 'elsewhere').length).toBeGreaterThanOrEqual(60)
  })

  it('finds a row by its name and by its number', () => {
    expect(explainCode('count_insufficient')).toEqual(explainCode('0xC004F038'))
    expect(explainCode('0xC004F038')).toMatchObject({ kind: 'row', row: { name: 'COUNT_INSUFFICIENT' } })
  })

  it.each(['0x80092328', '80092328', '-2146884824'])(
    'leads from %s to the row of the same meaning and says so',
    (text) => {
      const { why } = errorAliases.find(({ number }) => number === 0x80092328) ?? {}
      expect(explainCode(text)).toMatchObject({ kind: 'alias', row: { name: 'DNS_NAME_MISSING' }, alias: { why } })
    },
  )

  it('says of a number that means nothing here where to look', () => {
    expect(explainCode('0xc004f035')).toMatchObject({ kind: 'elsewhere', elsewhere: { number: 0xc004f035 } })
  })

  it('knows nothing of other texts', () => {
    expect(explainCode('0xDEADBEEF')).toBeUndefined()
  })
})

describe('the small tables beside the table of errors', () => {
  const rows = new Set(errorTable.map(({ number }) => number))
  const beside = [...errorAliases, ...errorsElsewhere]

  it('have every number once, and none that a row has', () => {
    expect(new Set(beside.map(({ number }) => number)).size).toBe(beside.length)
    expect(beside.filter(({ number }) => rows.has(number))).toEqual([])
  })

  it.each(beside.map((entry) => [formatErrorNumber(entry.number), 'why' in entry ? entry.why : entry.advice]))(
    'say of %s whole sentences',
    (_number, text) => {
      expect(text).toMatch(/^[A-Z].{20,}\.$/)
    },
  )
})
