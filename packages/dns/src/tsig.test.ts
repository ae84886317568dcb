import { concat, fromHex, toHex } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeDnsMessage, type DnsMessage, encodeDnsMessage, opcodes } from './message.ts'
import { classes, types } from './record.ts'
import { openSignedAnswer, signMessage, type TsigKey } from './tsig.ts'

const key: TsigKey = { name: 'host1', algorithm: 'hmac-sha256', secret: new Uint8Array(32).fill(7) }
const time = 1_800_000_000
const requestMac = new Uint8Array(0)

const question = { name: 'corp.test', type: types.SOA, class: classes.IN }
const update: DnsMessage = {
  ...{ id: 0x1234, isAnswer: true, opcode: opcodes.update, isTruncated: false, wantsRecursion: false, rcode: 0 },
  ...{ questions: [question], answers: [], authorities: [], additionals: [] },
}

/** Opens a message as an answer to one without a MAC, as a code where it is refused. */
function outcome(bytes: Uint8Array, now = time): unknown {
  try {
    return openSignedAnswer(bytes, decodeDnsMessage(bytes), { key, requestMac, now })
  } catch (error) {
    if (error instanceof ActivationError) return error.code
    throw error
  }
}

describe('a signature on a DNS message (RFC 8945)', () => {
  it('is the one that other programs make', () => {
    // Made with an HMAC over the request and the variables of RFC 8945 §4.3, written down by hand.
    const { bytes } = signMessage(encodeDnsMessage({ ...update, isAnswer: false }), key, time)
    const record = decodeDnsMessage(bytes).message.additionals[0]
    expect(record).toMatchObject({ name: 'host1', type: 250, class: 255, ttl: 0 })
    expect(toHex(record?.data ?? new Uint8Array(0)).slice(0, 46)).toBe(
      '0b686d61632d73686132353600' + '00006b49d200' + '012c' + '0020',
    )
    expect(toHex(record?.data ?? new Uint8Array(0)).slice(-12)).toBe('123400000000')
  })

  it('is refused when it is cut short, by another key, too old, or missing', () => {
    const plain = encodeDnsMessage(update)
    // The first digest of an answer has the length of the MAC before it, which is none here.
    const foreign = signMessage(plain, { ...key, name: 'other' }, time).bytes
    expect(outcome(foreign)).toBe('DNS_ANSWER_FORGED')
    expect(outcome(signMessage(plain, { ...key, algorithm: 'hmac-sha512' }, time).bytes)).toBe('DNS_ANSWER_FORGED')
    expect(outcome(plain)).toBe('DNS_ANSWER_UNSIGNED')
    const short = concat(plain.subarray(0, 11), Uint8Array.of(1), plain.subarray(12), tsig({ mac: '00'.repeat(16) }))
    expect(outcome(short)).toBe('DNS_ANSWER_FORGED')
  })

  it('tells what the server says of ours', () => {
    const plain = encodeDnsMessage(update)
    const withTsig = (error: number): Uint8Array =>
      concat(plain.subarray(0, 11), Uint8Array.of(1), plain.subarray(12), tsig({ mac: '', error }))
    expect(outcome(withTsig(17))).toBe('DNS_KEY_UNKNOWN')
    expect(outcome(withTsig(16))).toBe('DNS_KEY_WRONG')
    // Without a MAC nobody can say what the clock of the server is.
    expect(outcome(withTsig(18))).toBe('DNS_ANSWER_FORGED')
  })

  it('is a value or one coded error, whatever the record holds', () => {
    const plain = encodeDnsMessage(update)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (data) => {
        const record = concat(fromHex('05686f7374310000fa00ff00000000'), Uint8Array.of(0, data.length), data)
        const altered = concat(plain.subarray(0, 11), Uint8Array.of(1), plain.subarray(12), record)
        expect(outcome(altered)).toMatch(/^DNS_/)
      }),
    )
  })
})

function tsig({ mac, error = 0 }: { readonly mac: string; readonly error?: number }): Uint8Array {
  const length = (mac.length / 2).toString(16).padStart(4, '0')
  const code = error.toString(16).padStart(4, '0')
  const data = fromHex(`0b686d61632d7368613235360000006b49d200012c${length}${mac}1234${code}0000`)
  return concat(fromHex('05686f7374310000fa00ff00000000'), Uint8Array.of(0, data.length), data)
}
