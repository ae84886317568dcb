import { expect, it } from 'vitest'
import { ActivationError } from '../errors/activation-error.ts'
import { attempt } from './attempt.ts'

it('gives a value, or a coded failure as a value, and lets a bug through', () => {
  const failure = new ActivationError('KEY_INVALID', 'no')
  expect(attempt(() => 7)).toBe(7)
  expect(
    attempt(() => {
      throw failure
    }),
  ).toBe(failure)
  expect(() =>
    attempt(() => {
      throw new TypeError('a bug')
    }),
  ).toThrow(TypeError)
})
