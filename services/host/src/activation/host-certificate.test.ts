import { expect, it } from 'vitest'
import { makeVendor, start } from '../vendor.fixture.ts'
import { freshlyIssued } from './host-certificate.ts'

it('a certificate that begins a little after it was asked for is good at once, and one of a clock far off is not', () => {
  const { root } = makeVendor()
  const from = (seconds: number): number => freshlyIssued({ ...root, notBefore: start + seconds }, start) - start
  expect([-3_600, 0, 1, 300, 301].map(from)).toEqual([0, 0, 1, 300, 0])
})
