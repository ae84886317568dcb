import { expect, it } from 'vitest'
import { hours } from '@volact/core/time'
import { WrongTries } from './wrong-tries.ts'

it('an address has ten wrong tries an hour, and one more for each that is an hour old (rule 52)', () => {
  const tries = new WrongTries()
  for (let time = 0; time < 9; time++) tries.record('192.0.2.1', time)
  expect(tries.wait('192.0.2.1', 9)).toBe(0)
  tries.record('192.0.2.1', 9)
  expect(tries.wait('192.0.2.1', 10)).toBe(hours(1) - 10)
  expect(tries.wait('192.0.2.1', hours(1) - 1)).toBe(1)
  expect(tries.wait('192.0.2.1', hours(1))).toBe(0)
  tries.record('192.0.2.1', hours(1))
  expect(tries.wait('192.0.2.1', hours(1))).toBe(1)
})

it('addresses do not pay for each other, but one IPv6 network is one address', () => {
  const tries = new WrongTries()
  for (let time = 0; time < 10; time++) tries.record(`2001:db8::${time}`, 0)
  expect(tries.wait('2001:db8::ffff', 1)).toBeGreaterThan(0)
  expect(tries.wait('2001:db8:0:1::1', 1)).toBe(0)
  for (let time = 0; time < 10; time++) tries.record('::ffff:192.0.2.1', 0)
  expect(tries.wait('::ffff:192.0.2.1', 1)).toBeGreaterThan(0)
  expect(tries.wait('::ffff:192.0.2.2', 1)).toBe(0)
})

it('nobody waits for tries in a future that a wrong clock had shown', () => {
  const tries = new WrongTries()
  for (let time = 0; time < 10; time++) tries.record('192.0.2.1', hours(9_999))
  expect(tries.wait('192.0.2.1', 1)).toBe(0)
})

it('remembers a bounded number of addresses', () => {
  const tries = new WrongTries()
  for (let time = 0; time < 10; time++) tries.record('first', 0)
  for (let index = 0; index < 10_000; index++) tries.record(`other ${index}`, 0)
  expect(tries.wait('first', 1)).toBe(0)
})
