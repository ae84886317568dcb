import { concat } from '@volact/core/bytes'
import { encodeFrame } from '@volact/core/wire/frame'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { IncomingMessages } from './incoming-messages.ts'

const messages = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 12 })

/** A piece of the stream that comes, and how many messages are asked for then. */
const steps = fc.array(fc.record({ length: fc.nat(60), asked: fc.nat(4) }), { maxLength: 30 })

it('the same messages come of a stream in whatever pieces it comes, and whenever they are asked for', () => {
  fc.assert(
    fc.property(messages, steps, (sent, course) => {
      const stream = concat(...sent.map(encodeFrame))
      const incoming = new IncomingMessages()
      const got: (Uint8Array | undefined)[] = []
      let at = 0
      for (const { length, asked } of course) {
        incoming.push(stream.subarray(at, at + length))
        at += length
        for (let time = 0; time < asked; time += 1) got.push(incoming.next())
      }
      incoming.push(stream.subarray(at))
      for (let left = sent.length; left >= 0; left -= 1) got.push(incoming.next())
      expect(got.filter((message) => message !== undefined)).toEqual(sent)
      expect(incoming.waiting).toBe(0)
    }),
  )
})

it('nothing of what waits is looked at before it is asked for', () => {
  const incoming = new IncomingMessages()
  const [first, garbage] = [Uint8Array.of(7), new Uint8Array(4).fill(0xff)]
  incoming.push(concat(encodeFrame(first), garbage))
  expect(incoming.next()).toEqual(first)
  expect(incoming.waiting).toBe(garbage.length)
  expect(() => incoming.next()).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }) as Error)
})
