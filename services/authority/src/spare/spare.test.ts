import { describe, expect, it } from 'vitest'
import type { Signer } from '@volact/core/crypto'
import { thumbprint } from '@volact/core/cose/key'
import { encodeCheckpoint } from '@volact/core/document/checkpoint'
import { entitlementOf } from '@volact/core/document/entitlement'
import type { HardwareId } from '@volact/core/document/hardware-id'
import { encodeEntry } from '@volact/core/document/ledger-entry'
import type { Predecessor } from '@volact/core/document/predecessor'
import { signTreeHead } from '@volact/core/document/tree-head'
import { days } from '@volact/core/time'
import { leafHash } from '@volact/core/transparency/node-hash'
import { parseCertificate } from '@volact/core/x509/certificate'
import {
  asks,
  newAuthority,
  newHost,
  type NewHost,
  newSigner,
  random,
  setUpAt,
  someHardware,
} from '../authority.fixture.ts'

/** A spare that wants to be activated; what it says of its hardware is nothing, unless a test says something else. */
function newSpare(predecessor: Predecessor, hardware?: HardwareId): NewHost {
  const signer = newSigner()
  const nothing = { anchor: thumbprint(signer.publicKey), vector: Array<null>(10).fill(null) }
  const keys = { signingKey: signer.publicKey, recoveryKey: random(32), noteKey: random(32) }
  const about = { ...keys, hardware: hardware ?? nothing, cti: random(16), predecessor }
  const entry = encodeEntry({ kind: 'host-activation', index: 0, time: setUpAt, ...about })
  return { signer, entry, logId: leafHash(entry) }
}

/** What a host has signed of its ledger while that had its entry 0 alone, or another root. */
function headOf({ logId }: NewHost, signer: Signer, root: Uint8Array = logId): Uint8Array {
  return encodeCheckpoint(signTreeHead({ size: 1, time: setUpAt, logId, x5t: random(32), root }, signer))
}

async function activated(): Promise<{
  readonly host: NewHost
  readonly say: (asking: NewHost) => Promise<string>
  readonly certify: (asking: NewHost) => Promise<Uint8Array>
}> {
  const { authority } = await newAuthority()
  const { key } = await authority.issueKey({ type: 'host', group: 'client' })
  const host = newHost()
  const say = async (asking: NewHost): Promise<string> => {
    const answer = await authority.activateHost(asks(asking, key), 'test')
    return answer.kind === 'refusal' ? answer.code : `${answer.hostsLeft} left`
  }
  const certify = async (asking: NewHost): Promise<Uint8Array> => {
    const answer = await authority.activateHost(asks(asking, key), 'test')
    return (answer.kind === 'refusal' ? undefined : answer.chain[0]) ?? new Uint8Array()
  }
  expect(await say(host)).toBe('5 left')
  return { host, say, certify }
}

describe('a spare that asks for its certificate (rule 47)', () => {
  it('is another host of the key, and gets one that is marked and ends after a year', async () => {
    const { host, say, certify } = await activated()
    const spare = newSpare({ logId: host.logId, checkpoint: headOf(host, host.signer) })
    expect([await say(spare), await say(spare)]).toEqual(['4 left', '4 left'])
    const certificate = parseCertificate(await certify(spare))
    expect(entitlementOf(certificate).spareFor).toEqual(host.logId)
    expect(certificate.notAfter).toBe(setUpAt + days(365))
    expect(entitlementOf(parseCertificate(await certify(host)))).not.toHaveProperty('spareFor')
  })

  it('names a checkpoint that its predecessor has signed, of the log that it names', async () => {
    const { host, say } = await activated()
    const forged = headOf(host, newSigner())
    expect(await say(newSpare({ logId: host.logId, checkpoint: forged }))).toBe('SIGNATURE_INVALID')
    const ofAnother = headOf(newHost(), host.signer)
    expect(await say(newSpare({ logId: host.logId, checkpoint: ofAnother }))).toBe('LOG_MISMATCH')
    expect(await say(newSpare({ logId: host.logId, checkpoint: random(8) }))).toBe('MALFORMED')
  })

  it('stands in for a host of the same key only, and for no other spare', async () => {
    const { host, say } = await activated()
    const stranger = newHost()
    const ofStranger = { logId: stranger.logId, checkpoint: headOf(stranger, stranger.signer) }
    expect(await say(newSpare(ofStranger))).toBe('LOG_MISMATCH')
    const spare = newSpare({ logId: host.logId, checkpoint: headOf(host, host.signer) })
    expect(await say(spare)).toBe('4 left')
    const next = newSpare({ logId: spare.logId, checkpoint: headOf(spare, spare.signer) })
    expect(await say(next)).toBe('SPARE_NOT_CONFIRMED')
  })

  it('names no hardware, so that it is taken for no host that is there', async () => {
    const { host, say } = await activated()
    const predecessor = { logId: host.logId, checkpoint: headOf(host, host.signer) }
    expect(await say(newSpare(predecessor, someHardware()))).toBe('MALFORMED')
    const { vector } = someHardware()
    expect(await say(newSpare(predecessor, { anchor: random(32), vector }))).toBe('MALFORMED')
  })

  it('brings evidence where its predecessor has signed two trees of one size, and gets its certificate', async () => {
    const { host, say } = await activated()
    expect(await say(newSpare({ logId: host.logId, checkpoint: headOf(host, host.signer, random(32)) }))).toBe('4 left')
  })
})
