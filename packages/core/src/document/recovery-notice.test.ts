import { describe, expect, it } from 'vitest'
import { generatePrivateKey, signerFromPkcs8 } from '../crypto.ts'
import { codeOf } from './decoder-laws.fixture.ts'
import { withoutConsistency } from './receipt.ts'
import { filled, grantTime, TestHost } from './host.fixture.ts'
import {
  encodeRecoveryNotice,
  openRecoveryNotice,
  parseRecoveryNotice,
  type RecoveryMemory,
} from './recovery-notice.ts'
import { claimedRecovery, type RecoveryNotice } from './recovery-notice.ts'
import { type Recovery, signRecovery } from './recovery.ts'
import { type VerifiedAnswer, verifyAnswer } from './verify-answer.ts'

const signer = signerFromPkcs8(generatePrivateKey('Ed25519'))
const kept = 3

interface Shown {
  readonly notice: RecoveryNotice
  readonly answer: VerifiedAnswer
  readonly recovery: Recovery
}

interface Changes {
  readonly recovery?: Partial<Recovery>
  readonly key?: typeof signer
  /** From which size the receipt of the recovery proves consistency. */
  readonly from?: number | undefined
}

/** A host that kept three entries grants to a machine that knows five, and shows its recovery. */
function show({ recovery: changes = {}, key = signer, from = kept }: Changes = {}): Shown {
  const host = new TestHost({ entitlement: { recoveryKey: signer.publicKey.bytes } })
  host.append({ kind: 'grant', grant: host.grant({ cti: filled(7, 16) }) })
  const recovery = {
    logId: host.logId,
    kept,
    root: host.tree.root(),
    number: grantTime + 9,
    reason: 'lost',
    ...changes,
  }
  const index = host.tree.size
  const entry = host.append({ kind: 'recovery', index, time: grantTime, document: signRecovery(recovery, key) })
  const grant = host.append({ kind: 'grant', grant: host.grant() })
  const signed = host.sign()
  const lease = { entry: grant, receipt: host.receipt(grant, signed), chain: host.chain }
  const notice = { entry, receipt: host.receipt(entry, signed, from) }
  return { notice, answer: verifyAnswer(lease, host.expected()), recovery }
}

function open({ notice, answer }: Shown, memory: Partial<RecoveryMemory> = {}): Recovery {
  const checkpoint = { logId: answer.head.logId, size: 5, root: filled(5), time: grantTime }
  return openRecoveryNotice(notice, answer, { checkpoint, known: [], ...memory })
}

describe('a notice of recovery (rule 27)', () => {
  it('is accepted by who knows more than was kept, and by who has accepted a lower number', () => {
    const shown = show()
    expect(open(shown)).toEqual(shown.recovery)
    expect(open(shown, { accepted: grantTime + 8 })).toEqual(shown.recovery)
    expect(claimedRecovery(shown.notice)).toEqual(shown.recovery)
    expect(parseRecoveryNotice(encodeRecoveryNotice(shown.notice))).toEqual(shown.notice)
  })

  it('is refused by who lost nothing: whose checkpoint lies within what was kept', () => {
    const shown = show()
    const checkpoint = { logId: shown.answer.head.logId, size: kept, root: filled(5), time: grantTime }
    expect(codeOf(() => open(shown, { checkpoint }))).toBe('RECOVERY_REFUSED')
  })

  it('is refused with a number that was accepted before, so that no older recovery comes back', () => {
    expect(codeOf(() => open(show(), { accepted: grantTime + 9 }))).toBe('RECOVERY_REFUSED')
    expect(codeOf(() => open(show(), { accepted: grantTime + 10 }))).toBe('RECOVERY_REFUSED')
  })

  it('does not excuse what was signed after it: an old recovery in a rewritten ledger excuses nobody', () => {
    const shown = show()
    const checkpoint = { logId: shown.answer.head.logId, size: 5, root: filled(5), time: grantTime + 9 }
    expect(open(shown, { checkpoint })).toMatchObject({ kept })
    expect(codeOf(() => open(shown, { checkpoint: { ...checkpoint, time: grantTime + 10 } }))).toBe('RECOVERY_REFUSED')
  })

  it('is accepted only with a proof from the newest tree that is known of the kept part', () => {
    expect(codeOf(() => open(show(), { known: [2, 5] }))).toBe('RECOVERY_REFUSED')
    expect(codeOf(() => open(show(), { known: [2, 3, 5], proven: 2 }))).toBe('RECOVERY_REFUSED')
    expect(open(show(), { known: [1, 2, 5], proven: 2 })).toMatchObject({ kept })
    expect(open(show(), { known: [4, 5] })).toMatchObject({ kept })
  })

  it('needs the key that the certificate names', () => {
    const key = signerFromPkcs8(generatePrivateKey('Ed25519'))
    expect(codeOf(() => open(show({ key })))).toBe('SIGNATURE_INVALID')
  })

  it.each([
    ['names another log', { recovery: { logId: filled(1) } }],
    ['says that its own place was kept', { recovery: { kept: 4 }, from: 4 }],
    ['names another root than the ledger continues', { recovery: { root: filled(1) } }],
    ['proves consistency from another size', { from: 2 }],
    ['proves none', { from: undefined }],
  ])('is refused when it %s', (_, changes) => {
    const { notice, answer } = 'from' in changes && changes.from === undefined ? without(show()) : show(changes)
    expect(codeOf(() => open({ notice, answer, recovery: show().recovery }))).toBe('RECOVERY_REFUSED')
  })

  it('is refused for another log than the one that is known', () => {
    expect(
      codeOf(() => open(show(), { checkpoint: { logId: filled(1), size: 5, root: filled(5), time: grantTime } })),
    ).toBe('RECOVERY_REFUSED')
  })

  it('is no other entry, and stands under the very head that the grant has', () => {
    const host = new TestHost({ entitlement: { recoveryKey: signer.publicKey.bytes } })
    const lease = host.lease()
    const answer = verifyAnswer(lease, host.expected())
    const checkpoint = { logId: host.logId, size: 5, root: filled(5), time: grantTime }
    const opening = (notice: RecoveryNotice) => () => openRecoveryNotice(notice, answer, { checkpoint, known: [] })
    expect(codeOf(opening(lease))).toBe('RECOVERY_REFUSED')
    expect(codeOf(opening({ ...lease, receipt: host.receipt(lease.entry, host.sign(grantTime + 1)) }))).toBe(
      'RECOVERY_REFUSED',
    )
    host.append({ kind: 'note-key', index: host.tree.size, time: grantTime, noteKey: filled(1) })
    expect(codeOf(opening({ ...lease, receipt: host.receipt(lease.entry, host.sign()) }))).toBe('RECOVERY_REFUSED')
  })
})

/** The notice without its proof of consistency. */
function without({ notice, answer }: Shown): Pick<Shown, 'notice' | 'answer'> {
  return { notice: { entry: notice.entry, receipt: withoutConsistency(notice.receipt) }, answer }
}
