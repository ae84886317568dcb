import { keyAlphabet, payloadLength } from './alphabet.ts'

/** What a key says, as numbers: 2 bits kind, 10 bits key group, 32 bits serial, 61 random bits; most significant first. */
export interface KeyPayload {
  readonly kind: number
  readonly group: number
  readonly serial: number
  readonly random: bigint
}

const base = BigInt(keyAlphabet.length)
const randomBits = 61n
const serialBits = 32n
const groupBits = 10n
const payloadBits = 2n + groupBits + serialBits + randomBits

/** Packs the numbers into 23 digits (0 to 23), most significant first. What is above a number's own bits is cut off. */
export function packPayload({ kind, group, serial, random }: KeyPayload): readonly number[] {
  let value = BigInt.asUintN(2, BigInt(kind))
  value = (value << groupBits) | BigInt.asUintN(Number(groupBits), BigInt(group))
  value = (value << serialBits) | BigInt.asUintN(Number(serialBits), BigInt(serial))
  value = (value << randomBits) | BigInt.asUintN(Number(randomBits), random)
  return Array.from({ length: payloadLength }, (_, index) =>
    Number((value / base ** BigInt(payloadLength - 1 - index)) % base),
  )
}

/** Unpacks the first 23 digits; `undefined` when they stand for 2^105 or more, since 24^23 has room for numbers that no payload is. */
export function unpackPayload(digits: readonly number[]): KeyPayload | undefined {
  const value = digits.slice(0, payloadLength).reduce((total, digit) => total * base + BigInt(digit), 0n)
  if (value >> payloadBits !== 0n) return undefined
  return {
    kind: Number(value >> (payloadBits - 2n)),
    group: Number(BigInt.asUintN(Number(groupBits), value >> (serialBits + randomBits))),
    serial: Number(BigInt.asUintN(Number(serialBits), value >> randomBits)),
    random: BigInt.asUintN(Number(randomBits), value),
  }
}
