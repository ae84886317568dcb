import { expect, it } from 'vitest'
import { remember } from './remember.ts'

it('an answer is made once for as long as what it depends on stays the same', () => {
  let size = 1
  let made = 0
  const answer = remember(
    () => String(size),
    () => (made += 1),
  )
  expect([answer(), answer()]).toEqual([1, 1])
  size = 2
  expect([answer(), answer()]).toEqual([2, 2])
})
