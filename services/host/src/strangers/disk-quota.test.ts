import { expect, it } from 'vitest'
import { DiskQuota } from './disk-quota.ts'

const mega = 1_000_000

function roomWith(quota: number | undefined, used: number, free: number | undefined): string {
  return new DiskQuota(
    quota,
    () => ({ used, free }),
    () => 0,
  ).room()
}

it.each([
  ['a set quota, up to nine tenths of it', 100 * mega, 89 * mega, 500 * mega, 'good'],
  ['a set quota, from nine tenths on', 100 * mega, 90 * mega, 500 * mega, 'none'],
  ['a disk that others have filled, with room for this host', undefined, 10 * mega, 100 * mega, 'good'],
  ['a disk with less room than a ninth of what is written', undefined, 90 * mega, 9 * mega, 'none'],
  ['a quota that is larger than the disk', 1_000 * mega, 90 * mega, 9 * mega, 'none'],
  ['a system that does not say what is free', undefined, 90 * mega, undefined, 'good'],
  ['a disk that is full before anything is written', undefined, 0, 0, 'none'],
])('new machines and %s (rule 39)', (_, quota, used, free, room) => {
  expect(roomWith(quota, used, free)).toBe(room)
})

it('measures every few seconds, not for each machine, whatever becomes of the time', () => {
  let [measured, now] = [0, 100]
  const measure = (): { used: number; free: number } => {
    measured += 1
    return { used: 1, free: 99 }
  }
  const quota = new DiskQuota(undefined, measure, () => now)
  for (let machine = 0; machine < 1_000; machine += 1) quota.room()
  expect(measured).toBe(1)
  for (now of [104, 105, 50]) quota.room()
  expect(measured).toBe(3)
})
