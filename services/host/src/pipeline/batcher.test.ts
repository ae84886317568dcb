import { describe, expect, it } from 'vitest'
import { Batcher } from './batcher.ts'
import { batchLimits } from './limits.ts'

describe('Batcher', () => {
  it('takes what one turn of the event loop brings as one batch', async () => {
    const batches: (readonly number[])[] = []
    const batcher = new Batcher<number>({ run: (batch) => Promise.resolve(void batches.push(batch)) })
    for (let item = 0; item < 10; item += 1) batcher.add(item)
    await batcher.drain()
    expect(batches).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]])
  })

  it('works on one batch at a time; what arrives meanwhile is the next, in order, 64 at most', async () => {
    const batches: number[] = []
    const seen: number[] = []
    let running = 0
    const batcher = new Batcher<number>({
      run: async (batch) => {
        running += 1
        expect(running).toBe(1)
        batches.push(batch.length)
        seen.push(...batch)
        if (batch.includes(0)) for (let item = 1; item <= 200; item += 1) batcher.add(item)
        await new Promise((resolve) => setImmediate(resolve))
        running -= 1
      },
    })
    batcher.add(0)
    await batcher.drain()
    expect(batches).toEqual([1, batchLimits.most, batchLimits.most, batchLimits.most, 8])
    expect(seen).toEqual(Array.from({ length: 201 }, (_, item) => item))
  })

  it('waits behind a batch as before the first one for what comes turn by turn, and not for ever', async () => {
    const batches: (readonly number[])[] = []
    const batcher = new Batcher<number>({
      run: (batch) => {
        batches.push(batch)
        if (batch.includes(0)) batcher.add(1)
        return Promise.resolve()
      },
    })
    batcher.add(0)
    while (batches.length === 0) await new Promise((turned) => setImmediate(turned))
    batcher.add(2)
    while (batches.length === 1) await new Promise((turned) => setImmediate(turned))
    expect(batches[1]).toEqual([1, 2])
    for (let item = 3; batches.length === 2; item += 1) {
      batcher.add(item)
      await new Promise((turned) => setImmediate(turned))
    }
    await batcher.drain()
    expect(batches[2]?.length).toBeLessThanOrEqual(batchLimits.most)
  })

  it('waits for what is announced, so that nobody is answered between signatures; not longer than that, nor for ever', async () => {
    const batches: (readonly number[])[] = []
    let announced = 3
    const batcher = new Batcher<number>({
      run: (batch) => Promise.resolve(void batches.push(batch)),
      isMoreAnnounced: () => announced > 0,
    })
    batcher.add(0, 'patient')
    for (; announced > 0; announced -= 1) {
      await new Promise((turned) => setImmediate(turned))
      await new Promise((turned) => setImmediate(turned))
      batcher.add(announced, 'patient')
    }
    await batcher.drain()
    expect(batches).toEqual([[0, 3, 2, 1]])
    announced = Infinity
    batcher.add(4, 'patient')
    await batcher.drain()
    expect(batches[1]).toEqual([4])
  })

  it('waits while the loop hears others in each turn, so that a flood is not answered one by one, and not for ever', async () => {
    const batches: (readonly number[])[] = []
    let heard = 0
    const run = (batch: readonly number[]): Promise<void> => Promise.resolve(void batches.push(batch))
    const batcher = new Batcher<number>({ run, heard: () => heard })
    batcher.add(0)
    for (let turn = 0; turn < 4; turn += 1) {
      heard += 1
      await new Promise((turned) => setImmediate(turned))
    }
    batcher.add(1)
    await batcher.drain()
    expect(batches).toEqual([[0, 1]])
    batcher.add(2)
    for (; batches.length === 1; heard += 1) await new Promise((turned) => setImmediate(turned))
    expect(batches[1]).toEqual([2])
  })

  it('who is prompt waits for nobody who is announced, whoever waits with him', async () => {
    const batches: (readonly number[])[] = []
    const run = (batch: readonly number[]): Promise<void> => Promise.resolve(void batches.push(batch))
    const batcher = new Batcher<number>({ run, isMoreAnnounced: () => true })
    batcher.add(0, 'patient')
    batcher.add(1)
    for (let turn = 0; turn < 3; turn += 1) await new Promise((turned) => setImmediate(turned))
    expect(batches).toEqual([[0, 1]])
  })
})
