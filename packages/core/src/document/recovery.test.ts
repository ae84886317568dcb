import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCbor } from '../cbor/encode.ts'
import { signSign1 } from '../cose/sign1.ts'
import { generatePrivateKey, signerFromPkcs8 } from '../crypto.ts'
import { recoveryTyp } from './kinds.ts'
import { formatRecoveryKey, parseRecoveryKey } from './recovery-key.ts'
import { openRecovery, parseRecovery, signRecovery } from './recovery.ts'

const pkcs8 = generatePrivateKey('Ed25519')
const signer = signerFromPkcs8(pkcs8)
const recovery = {
  logId: new Uint8Array(32).fill(1),
  kept: 7,
  root: new Uint8Array(32).fill(2),
  number: 1_800_000_000,
  reason: 'the disk was lost',
}

describe('a recovery', () => {
  it('is what the recovery key has signed (rule 27)', () => {
    const bytes = signRecovery(recovery, signer)
    expect(parseRecovery(bytes)).toEqual(recovery)
    expect(openRecovery(bytes, signer.publicKey.bytes)).toEqual(recovery)
  })

  it('of another key, another kind, or with other headers is none (rules 2, 12)', () => {
    const other = signerFromPkcs8(generatePrivateKey('Ed25519'))
    const opening = (bytes: Uint8Array) => () => openRecovery(bytes, signer.publicKey.bytes)
    const payload = encodeCbor(new Map<number, number>([[1, 1]]))
    expect(opening(signRecovery(recovery, other))).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_INVALID' }) as Error,
    )
    expect(opening(signSign1({ typ: 'application/other', payload }, signer))).toThrow(
      expect.objectContaining({ code: 'KIND_MISMATCH' }) as Error,
    )
    const unprotected = new Map([[4, payload]])
    expect(opening(signSign1({ typ: recoveryTyp, payload, unprotected }, signer))).toThrow()
    expect(opening(signSign1({ typ: recoveryTyp, payload, protectedExtra: unprotected }, signer))).toThrow()
    expect(opening(signSign1({ typ: recoveryTyp, payload }, signer))).toThrow(
      expect.objectContaining({ code: 'MALFORMED' }) as Error,
    )
  })
})

describe('a recovery key on paper (rule 27)', () => {
  const text = formatRecoveryKey(pkcs8)

  it('stands in eight groups, and is read as it was typed', () => {
    expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{7}-){7}[0-9A-HJKMNP-TV-Z]{7}$/)
    const typed = `# of the host in Berlin\n${text.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l')}\n`
    for (const form of [text, typed, text.replaceAll('-', ' ')]) {
      expect(parseRecoveryKey(form).publicKey).toEqual(signer.publicKey)
    }
  })

  it('is read again whatever key it is', () => {
    fc.assert(
      fc.property(fc.constant(null), () => {
        const made = generatePrivateKey('Ed25519')
        expect(parseRecoveryKey(formatRecoveryKey(made)).publicKey).toEqual(signerFromPkcs8(made).publicKey)
      }),
      { numRuns: 50 },
    )
  })

  it('with one wrong character is refused, and so is a part of it, and nothing of it is repeated', () => {
    const wrong = Array.from(text, (character, place) =>
      character === '-' ? text : text.slice(0, place) + (character === 'X' ? 'Y' : 'X') + text.slice(place + 1),
    )
    for (const typed of [...wrong.filter((one) => one !== text), text.slice(0, -7), '', 'U', `${text}00`]) {
      expect(() => parseRecoveryKey(typed)).toThrow(expect.objectContaining({ code: 'MALFORMED' }) as Error)
    }
  })
})
