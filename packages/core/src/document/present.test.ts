import { expect, it } from 'vitest'
import { present, presentFields } from './present.ts'

it('leaves out what is undefined and nothing else', () => {
  expect(Object.keys(present({ a: 0, b: undefined, c: false, d: null, e: '' }))).toEqual(['a', 'c', 'd', 'e'])
})

it('makes a map of the fields that are there', () => {
  const fields = [
    [1, 0],
    [2, undefined],
    [3, null],
  ] as const
  expect([...presentFields(fields)]).toEqual([
    [1, 0],
    [3, null],
  ])
})
