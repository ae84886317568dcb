import { expect, it } from 'vitest'
import { Challenges } from './challenge.ts'
import { challengePeriod } from './limits.ts'

const machine = new Uint8Array(32).fill(1)
const now = 1_000 * challengePeriod

it('a challenge is good in its own period and the next, for its machine and its host alone (rule 16)', () => {
  const challenges = new Challenges()
  const challenge = challenges.make(machine, now)
  expect(challenge).toHaveLength(16)
  expect(challenges.isGood(challenge, machine, now)).toBe(true)
  expect(challenges.isGood(challenge, machine, now + 2 * challengePeriod - 1)).toBe(true)
  expect(challenges.isGood(challenge, machine, now + 2 * challengePeriod)).toBe(false)
  expect(challenges.isGood(challenge, machine, now - 1)).toBe(false)
  expect(challenges.isGood(challenge, new Uint8Array(32), now)).toBe(false)
  expect(new Challenges().isGood(challenge, machine, now)).toBe(false)
  expect(challenges.isGood(undefined, machine, now)).toBe(false)
})

it('an answer is taken once for as long as its challenge is good, and not remembered for longer (rule 16)', () => {
  const challenges = new Challenges()
  const [answer, other] = [new Uint8Array(32).fill(2), new Uint8Array(32).fill(3)]
  expect(challenges.spend(answer, now)).toBe(true)
  expect(challenges.spend(other, now)).toBe(true)
  expect(challenges.spend(answer, now)).toBe(false)
  expect(challenges.spend(answer, now + 2 * challengePeriod - 1)).toBe(false)
  expect(challenges.spend(answer, now + 2 * challengePeriod)).toBe(true)
  expect(challenges.spend(other, now + 5 * challengePeriod)).toBe(true)
})
