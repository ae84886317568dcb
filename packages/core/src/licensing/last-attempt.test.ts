import { describe, expect, it } from 'vitest'
import { minutes } from '../time.ts'
import { attempted, type FailedAttempt } from './last-attempt.ts'
import { begin } from './license.fixture.ts'

describe('an attempt', () => {
  it('that failed is followed by a watch of 15 minutes', () => {
    const watchUntil = begin + minutes(15)
    expect(attempted({ outcome: 'unreachable' }, begin)).toEqual({ outcome: 'unreachable', at: begin, watchUntil })
    expect(attempted({ outcome: 'refused' }, begin)).toEqual({ outcome: 'refused', at: begin, watchUntil })
  })

  it('that a change of the network brought does not begin the watch anew', () => {
    const before = attempted({ outcome: 'unreachable' }, begin) as FailedAttempt
    const later = attempted({ outcome: 'unreachable' }, begin + minutes(14), before)
    expect(later).toEqual({ outcome: 'unreachable', at: begin + minutes(14), watchUntil: begin + minutes(15) })
  })

  it('for which a host named a time is not repeated before it', () => {
    const refused = attempted({ outcome: 'refused', retryAfterSeconds: minutes(30) }, begin)
    expect(refused).toEqual({ outcome: 'refused', at: begin, watchUntil: begin, retryAfterSeconds: minutes(30) })
  })

  it('that was granted leaves nothing to watch for', () => {
    expect(attempted({ outcome: 'granted' }, begin)).toEqual({ outcome: 'granted', at: begin })
  })
})
