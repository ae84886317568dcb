import { describe, expect, it } from 'vitest'
import { ActivationError } from './activation-error.ts'
import { attempt, attemptOrNothing } from './attempt.ts'

const failure = new ActivationError('KEY_INVALID', 'no')

function fail(): number {
  throw failure
}

function bug(): number {
  throw new TypeError('a bug')
}

describe('attempt', () => {
  it('gives a value, or a coded failure as a value, and lets a bug through', () => {
    expect(attempt(() => 7)).toBe(7)
    expect(attempt(fail)).toBe(failure)
    expect(() => attempt(bug)).toThrow(TypeError)
  })
})

describe('attemptOrNothing', () => {
  it('gives a value, or nothing for a coded failure, and lets a bug through', () => {
    expect(attemptOrNothing(() => 7)).toBe(7)
    expect(attemptOrNothing(fail)).toBeUndefined()
    expect(() => attemptOrNothing(bug)).toThrow(TypeError)
  })
})
