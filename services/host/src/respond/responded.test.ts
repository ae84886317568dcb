import { appendFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '@volact/core/crypto'
import { encodeEntry } from '@volact/core/document/ledger-entry'
import { days } from '@volact/core/time'
import type { Ledger } from '@volact/ledger/ledger'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { expect, it } from 'vitest'
import { start } from '../vendor.fixture.ts'
import { respondAct, respondArguments } from './respond-entry.ts'
import { RespondedRequests } from './responded.ts'

const digests = [1, 2, 3].map((byte) => sha256(Uint8Array.of(byte)))

/** A ledger in which the act of each request stands at its place. */
const ledger = {
  size: digests.length,
  entry: (index: number) => {
    const request = digests[index] ?? new Uint8Array(32)
    const said = { act: respondAct, arguments: respondArguments(request), cti: new Uint8Array(16) }
    return encodeEntry({ kind: 'administrative', index, time: start, ...said })
  },
} as unknown as Ledger

function reopened(path: string, now: number = start): readonly (number | undefined)[] {
  const known = new RespondedRequests(path, ledger, now)
  return digests.map((digest) => known.find(digest, () => undefined))
}

function add(path: string, index: number): void {
  const known = new RespondedRequests(path, ledger, start)
  known.add({ digest: digests[index] ?? new Uint8Array(32), index, made: start })
  known.sync()
}

it('finds what was answered after a restart, for as long as it is answered (rule 46)', () => {
  const path = join(temporaryFolder(), 'responded')
  for (const index of [0, 1, 2]) add(path, index)
  expect(reopened(path)).toEqual([0, 1, 2])
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(reopened(path, start + days(30) + 1)).toEqual([undefined, undefined, undefined])
  expect(statSync(path).size).toBe(0)
})

it('loses nothing that comes behind a record which a crash has torn (rule 46)', () => {
  const path = join(temporaryFolder(), 'responded')
  add(path, 0)
  appendFileSync(path, new Uint8Array(20).fill(7))
  for (const index of [1, 2]) add(path, index)
  expect(reopened(path)).toEqual([0, 1, 2])
})
