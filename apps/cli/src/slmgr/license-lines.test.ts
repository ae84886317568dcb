import { describe, expect, it } from 'vitest'
import { expirySentence, licenseLines } from './license-lines.ts'

const now = 1_767_225_600
const until = now + 180 * 86_400

describe('the state of a license', () => {
  it.each([
    [
      { state: 'licensed', until },
      ['License Status: Licensed', 'Volume activation expiration: 259200 minute(s) (180 day(s))'],
    ],
    [{ state: 'licensed' }, ['License Status: Licensed']],
    [
      { state: 'initial-grace', reason: 'IN_INITIAL_GRACE', until: now + 3_601 },
      ['License Status: Initial grace period', /^Reason: 0x4004F00C /, 'Time remaining: 60 minute(s) (1 day(s))'],
    ],
    [{ state: 'out-of-tolerance-grace', until }, [/^License Status: Additional grace period/, /^Time remaining: /]],
    [{ state: 'non-genuine-grace', until }, ['License Status: Non-genuine grace period', /^Time remaining: /]],
    [{ state: 'extended-grace', until }, ['License Status: Extended grace period', /^Time remaining: /]],
    [
      { state: 'notification', reason: 'GRACE_EXPIRED' },
      ['License Status: Notification', /^Notification Reason: 0xC004F009 /],
    ],
    [{ state: 'unlicensed', reason: 'NO_PRODUCT_KEY' }, ['License Status: Unlicensed', /^Reason: 0xC004F014 /]],
  ] as const)('%j is told in the words that scripts look for', (license, lines) => {
    const told = licenseLines(license, now)
    expect(told).toEqual(
      lines.map((line) => (typeof line === 'string' ? line : (expect.stringMatching(line) as string))),
    )
  })

  it('has no time left once it is over, rather than less than none', () => {
    expect(licenseLines({ state: 'licensed', until: now - 600 }, now)[1]).toContain(': 0 minute(s) (0 day(s))')
  })
})

describe('/xpr', () => {
  it.each([
    [{ state: 'unlicensed' }, /^Unlicensed$/],
    [{ state: 'licensed', until }, /^Volume activation will expire 2026-06-30T00:00:00Z$/],
    [{ state: 'licensed' }, /permanently activated/],
    [{ state: 'initial-grace', until }, /^Initial grace period ends 2026-06-30T00:00:00Z$/],
    [{ state: 'out-of-tolerance-grace', until }, /^Additional grace period ends 2026-/],
    [{ state: 'non-genuine-grace', until }, /^Non-genuine grace period ends 2026-/],
    [{ state: 'extended-grace', until }, /^Extended grace period ends 2026-/],
    [{ state: 'notification', reason: 'GRACE_EXPIRED' }, /is in Notification mode \(0xC004F009 /],
  ] as const)('tells when %j ends', (license, sentence) => {
    expect(expirySentence(license)).toMatch(sentence)
  })
})
