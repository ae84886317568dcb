import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { toHex } from '../bytes.ts'
import { sha256 } from '../crypto.ts'
import { codeOf } from '../document/decoder-laws.fixture.ts'
import { errorTable } from '../errors/table.ts'
import { formats } from './formats.fixture.ts'
import { reproducible } from './vector-format.fixture.ts'
import type { VectorFormat } from './vector-format.fixture.ts'
import { fromJson, inputOf, toJson } from './vector-json.fixture.ts'
import type { Named, VectorFile } from './vector-json.fixture.ts'

const folder = new URL('../../../../vectors/v1/', import.meta.url)
const names = readdirSync(folder)
  .filter((file) => file !== 'SHA256SUMS')
  .map((file) => file.replace(/\.json$/, ''))

function read(name: string): VectorFile {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as VectorFile
}

it('every format has a file of golden vectors, and every file is checked here', () => {
  expect(names.toSorted()).toEqual(Object.keys(formats).toSorted())
})

it('the files are those that were frozen, to the byte', () => {
  const files = names.map((name) => `${name}.json`).toSorted()
  const sums = files.map((file) => `${toHex(sha256(readFileSync(new URL(file, folder))))}  ${file}\n`)
  expect(readFileSync(new URL('SHA256SUMS', folder), 'utf8')).toBe(sums.join(''))
})

describe.each(Object.entries(formats))('the golden vectors of %s', (name, format: VectorFormat) => {
  const file = read(name)

  it('are a file of this shape, with cases that all have names of their own', () => {
    expect(Object.keys(file).toSorted()).toEqual(['about', 'bad', 'format', 'good', 'section', 'shared'])
    expect(file.format).toBe(name)
    expect(file.good.length).toBeGreaterThan(0)
    const cases = [...file.good, ...file.bad]
    expect(new Set(cases.map((one) => one.name)).size).toBe(cases.length)
    for (const { lossy, ...one } of file.good) {
      expect([Object.keys(one).toSorted(), lossy ?? true]).toEqual([['input', 'name', 'output'], true])
    }
    for (const one of file.bad) {
      expect(Object.keys(one).toSorted()).toEqual(['error', 'input', 'name'])
      expect(['*', ...errorTable.map((row) => row.name)]).toContain(one.error)
    }
  })

  it.each(file.good)('$name', (one) => {
    const input = inputOf(file, one)
    const output = format.open(input)
    expect(toJson(output)).toEqual(one.output)
    const { bytes } = input
    if (format.write === undefined || !(bytes instanceof Uint8Array)) return
    const written = reproducible(format.write(fromJson(one.output ?? null) as Named, input))
    if (one.lossy) expect(written).not.toEqual(reproducible(bytes))
    else expect(written).toEqual(reproducible(bytes))
  })

  it.each(file.bad)('$name', (one) => {
    const code = codeOf(() => format.open(inputOf(file, one)))
    if (one.error === '*') expect(code).toBeDefined()
    else expect(code).toBe(one.error)
  })
})
