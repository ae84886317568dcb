import { describe, expect, it } from 'vitest'
import { bitFlips, codeOf } from './decoder-laws.fixture.ts'
import { TestHost } from './host.fixture.ts'
import { encodeLeaseFile, parseLeaseFile } from './lease.ts'
import { outcomes } from './outcomes.fixture.ts'
import { openLease } from './verify-lease.ts'

// In a file of its own, so that it runs beside the others: it tries some 14,000 files with real certificates.
const patience = 300_000

const host = new TestHost()

function open(bytes: Uint8Array): unknown {
  return openLease(parseLeaseFile(bytes), { roots: [host.root.certificate] })
}

describe('a lease file', () => {
  const bytes = encodeLeaseFile(host.lease())

  it('as it was made is accepted', () => {
    expect(codeOf(() => open(bytes))).toBeUndefined()
  })

  it('is refused with a code when any single one of its bits is flipped (rules 3, 21)', { timeout: patience }, () => {
    // Any exception without a code would end the test.
    expect(outcomes(bitFlips(bytes), open)).not.toContain('none')
  })
})
