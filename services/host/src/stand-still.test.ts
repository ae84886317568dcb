import { describe, expect, it } from 'vitest'
import { StandStill } from './stand-still.ts'

/** A host of which only is known what is done with it, in order. */
function standing(open: () => Promise<void> = () => Promise.resolve()): {
  readonly still: StandStill
  readonly done: string[]
} {
  const done: string[] = []
  const say = (what: string) => (): Promise<void> => {
    done.push(what)
    return Promise.resolve()
  }
  const still = new StandStill({
    ...{ close: say('close'), compare: say('compare'), restIndex: say('rest') },
    open: async () => {
      await open()
      done.push('open')
    },
    failed: () => done.push('failed'),
    startIndex: () => done.push('start'),
  })
  return { still, done }
}

describe('a host that stands still for an act', () => {
  it('holds requests back, and lets them through in their order', async () => {
    const { still, done } = standing()
    await still.for(() => {
      still.turnstile.pass(() => done.push('first'))
      still.turnstile.pass(() => done.push('second'))
      done.push('act')
    })
    still.turnstile.pass(() => done.push('third'))
    expect(done).toEqual(['close', 'act', 'open', 'first', 'second', 'third'])
  })

  it('opens anew whatever becomes of the act, and serves nobody only when that fails', async () => {
    const { still, done } = standing()
    const failing = (): never => {
      throw new Error('no')
    }
    await expect(still.for(failing)).rejects.toThrow('no')
    expect(done).toEqual(['close', 'open'])
    const shut = standing(failing)
    await expect(shut.still.for(() => 'done')).rejects.toThrow('no')
    expect(shut.done).toEqual(['close', 'failed'])
  })

  it('waits for commands that work on the ledgers, and has later ones wait for it', async () => {
    const { still, done } = standing()
    const report = Promise.withResolvers<undefined>()
    const asked = still.answer(() => report.promise)
    const acted = still.forCertificate(() => done.push('act'))
    const later = still.answer(() => Promise.resolve(done.push('later')))
    expect(done).toEqual([])
    done.push('reported')
    report.resolve(undefined)
    await Promise.all([asked, acted, later])
    expect(done.filter((what) => what !== 'later')).toEqual(['reported', 'close', 'act', 'open', 'compare'])
    expect(done.indexOf('later')).toBeGreaterThan(done.indexOf('open'))
  })

  it('has the index rest while another ledger takes the place of one, and start again whatever becomes of that', async () => {
    const { still, done } = standing()
    await still.forLedger(() => done.push('act'))
    expect(done).toEqual(['rest', 'close', 'act', 'open', 'compare', 'start'])
    await expect(still.forLedger(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(done.slice(6)).toEqual(['rest', 'close', 'open', 'start'])
  })
})
