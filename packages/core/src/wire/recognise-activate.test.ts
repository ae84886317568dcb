import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, toHex } from '../bytes.ts'
import { thumbprint } from '../cose/key.ts'
import { generatePrivateKey, signerFromPkcs8, verify } from '../crypto.ts'
import { detailsDigest } from '../document/details.ts'
import { readRecognised, signedDataIn, uncheckedDataIn } from '../document/recognised-request.ts'
import {
  type ActivationRequest,
  type OpenedRequest,
  openRequest,
  readRequest,
  signRequest,
} from '../document/request.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { parseSign1 } from '../cose/sign1.ts'
import { attemptOrNothing } from '../errors/attempt.ts'
import type { ActivateMessage } from './activation-messages.ts'
import { decodeMessage, encodeMessage } from './message.ts'
import { recogniseActivate, type RecognisedActivate } from './recognise-activate.ts'

const signer = signerFromPkcs8(generatePrivateKey('ESP256'))
const machine = thumbprint(signer.publicKey)
const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })

const requests = fc.record({
  ...{ nonce: bytes(16), product: bytes(16), anchor: bytes(32), detailsDigest: bytes(32) },
  audience: fc.oneof(
    bytes(32).map((logId) => ({ kind: 'log' as const, logId })),
    fc.stringMatching(/^[ -~]{0,300}$/).map((address) => ({ kind: 'address' as const, address })),
  ),
  ...{ state: fc.nat(6), time: fc.maxSafeNat(), minutesLeft: fc.maxSafeNat() },
  flags: fc.record({ weak: fc.boolean(), virtual: fc.boolean(), ephemeral: fc.boolean() }),
  checkpoint: maybe(fc.uint8Array({ maxLength: 400 })),
  prev: maybe(bytes(16)),
  listKnown: maybe(fc.record({ epoch: fc.maxSafeNat(), number: fc.maxSafeNat() })),
})

const messages = fc.record({
  request: requests,
  salt: bytes(16),
  details: fc.uint8Array({ maxLength: 300 }),
  knownCertificate: maybe(bytes(32)),
})

function without<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

function openRecognised(found: RecognisedActivate): OpenedRequest | undefined {
  const signed = signedDataIn(found)
  return signed && verify(signed.key, signed.data, signed.signature) ? readRecognised(found) : undefined
}

type Drawn = typeof messages extends fc.Arbitrary<infer T> ? T : never

function messageOf({ request, ...rest }: Drawn): { message: ActivateMessage; request: ActivationRequest } {
  const whole = without({ ...request, deviceKey: signer.publicKey }) as ActivationRequest
  const message = without({ kind: 'activate', request: signRequest(whole, signer), ...rest }) as ActivateMessage
  return { message, request: whole }
}

/** What general decoding makes of a message, without a look at the signature; nothing where it refuses it. */
function decoded(message: Uint8Array): readonly string[] | undefined {
  return attemptOrNothing(() => {
    const activate = decodeMessage(message)
    if (activate.kind !== 'activate' || activate.pool !== undefined || activate.riders !== undefined) return undefined
    const sign1 = parseSign1(activate.request)
    const parts = [sign1.protectedBytes, sign1.payload ?? new Uint8Array(0), sign1.signature]
    return [...parts, activate.salt, activate.details, activate.knownCertificate ?? new Uint8Array(0)].map(toHex)
  })
}

function recognised(message: Uint8Array): readonly string[] | undefined {
  const found = recogniseActivate(message)
  if (found === undefined) return undefined
  const { envelope, signature, salt, details, besideEnd, known } = found
  const string = (from: number, to: number): string => {
    const value = decodeCbor(message.subarray(from, to))
    return value instanceof Uint8Array ? toHex(value) : 'no byte string'
  }
  return [
    string(envelope.header, envelope.headerEnd),
    string(envelope.payload, envelope.payloadEnd),
    toHex(message.subarray(signature, signature + 64)),
    toHex(message.subarray(salt, salt + 16)),
    toHex(message.subarray(details, besideEnd)),
    known === 0 ? '' : toHex(message.subarray(known, known + 32)),
  ]
}

function oneDrawn(): Drawn {
  const [drawn] = fc.sample(messages, 1)
  if (drawn === undefined) throw new Error('nothing drawn')
  return drawn
}

describe('recognising a request (rule 15)', () => {
  it('takes every usual message, and gives what decoding and opening it gives', () => {
    fc.assert(
      fc.property(messages, (drawn) => {
        const { message, request } = messageOf(drawn)
        const encoded = encodeMessage(message)
        const found = recogniseActivate(encoded)
        if (found === undefined) throw new Error('declined')
        expect(readRecognised(found)).toEqual(openRequest(message.request))
        expect(openRecognised(found)).toEqual({ ...openRequest(message.request), request, machine })
        expect(signedDataIn(found)).toEqual(readRequest(message.request).signed)
        expect(uncheckedDataIn(found)).toEqual(signedDataIn(found))
        expect(encoded.slice(found.request, found.requestEnd)).toEqual(message.request)
        expect(decoded(encoded)).toEqual(recognised(encoded))
      }),
      { numRuns: 60 },
    )
  })

  it('of any other bytes it recognises only what decodes to the same: one byte changed, put in, taken out, or cut off', () => {
    const usual = fc.sample(messages, 12).map((drawn) => encodeMessage(messageOf(drawn).message))
    const change = fc.record({
      ...{ which: fc.nat(usual.length - 1), place: fc.double({ min: 0, max: 1, noNaN: true }), value: fc.nat(255) },
      how: fc.constantFrom('change', 'put in', 'take out', 'cut off'),
    })
    fc.assert(
      fc.property(change, ({ which, place, value, how }) => {
        const message = usual[which] ?? new Uint8Array(0)
        const at = Math.floor(place * message.length)
        const rest = how === 'cut off' ? [] : message.subarray(how === 'put in' ? at : at + 1)
        const other = concat(
          message.subarray(0, at),
          how === 'take out' || how === 'cut off' ? new Uint8Array(0) : Uint8Array.of(value),
          Uint8Array.from(rest),
        )
        const found = recognised(other)
        if (found !== undefined) expect(decoded(other)).toEqual(found)
      }),
      { numRuns: 20_000 },
    )
  })

  it('reads the fields as decoding does, with any byte of the payload changed', () => {
    const [drawn] = fc.sample(messages, 1)
    if (drawn === undefined) throw new Error('nothing drawn')
    const message = encodeMessage(messageOf(drawn).message)
    for (let at = 0; at < message.length; at += 1) {
      for (const bit of [0, 3, 5, 7]) {
        const other = message.slice()
        other[at] = Number(other[at]) ^ (1 << bit)
        const found = recogniseActivate(other)
        if (found === undefined) continue
        expect(() => readRecognised(found)).not.toThrow()
        if (openRecognised(found)) expect(readRecognised(found)).toEqual(openRequest(messageRequest(other)))
      }
    }
  })

  it.each([
    ['an answer to a challenge', { challenge: new Uint8Array(16) }],
    ['an address that is not ASCII', { audience: { kind: 'address' as const, address: 'büro:1688' } }],
  ])('declines %s, which is decoded instead', (_, changes) => {
    const { request } = messageOf(oneDrawn())
    const signed = signRequest({ ...request, ...changes }, signer)
    const beside = { salt: new Uint8Array(16), details: new Uint8Array(0) }
    expect(recogniseActivate(encodeMessage({ kind: 'activate', request: signed, ...beside }))).toBeUndefined()
  })

  it('declines what rides along and what may be ignored, and texts that are too long', () => {
    const { message } = messageOf(oneDrawn())
    const riding = encodeMessage({ ...message, riders: { checkpoint: new Uint8Array(9) } })
    expect(recogniseActivate(riding)).toBeUndefined()
    const pool = { id: 'room', proof: new Uint8Array(32) }
    expect(recogniseActivate(encodeMessage({ ...message, pool }))).toBeUndefined()
    expect(recogniseActivate(new Uint8Array(0))).toBeUndefined()
    expect(recogniseActivate(encodeCbor('text'))).toBeUndefined()
  })

  it('opens nothing with another key ID or another signature (rule 13)', () => {
    const details = new Uint8Array(3)
    const salt = new Uint8Array(16)
    const { request } = messageOf(oneDrawn())
    const signed = signRequest({ ...request, detailsDigest: detailsDigest(salt, details) }, signer)
    const message = encodeMessage({ kind: 'activate', request: signed, salt, details })
    const found = recogniseActivate(message)
    if (found === undefined) throw new Error('declined')
    for (const at of [found.envelope.machine, found.signature, found.fields.nonce, found.fields.x]) {
      const other = message.slice()
      other[at] = Number(other[at]) ^ 1
      const forged = recogniseActivate(other)
      expect(forged && openRecognised(forged)).toBeUndefined()
    }
  })
})

function messageRequest(message: Uint8Array): Uint8Array {
  const activate = decodeMessage(message)
  return activate.kind === 'activate' ? activate.request : new Uint8Array(0)
}
