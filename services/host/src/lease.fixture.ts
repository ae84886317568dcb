import { toHex } from '@volact/core/bytes'
import type { Message } from '@volact/core/wire/message'
import { openLedger } from '@volact/ledger/open-ledger'
import { expect } from 'vitest'
import { vendorFiles } from './folder/files.ts'
import type { SentRequest, TestMachine } from './machine.fixture.ts'
import type { TestVendor } from './vendor.fixture.ts'

/** A lease as a client has it: the bytes of its entry, where they stand. */
export interface Lease {
  readonly index: number
  readonly entry: string
}

/** Takes a grant as a client does. */
export function takeLease(
  machine: TestMachine,
  vendor: TestVendor,
  sent: SentRequest,
  answer: Extract<Message, { readonly kind: 'grant' }>,
): Lease {
  return { index: machine.accept(vendor, sent, answer).grant.index, entry: toHex(answer.entry) }
}

/** Expects that every lease stands in the ledger of the example vendor, byte for byte. Gives the ledger's size. */
export function expectRecorded(dir: string, leases: readonly Lease[]): number {
  const ledger = openLedger(vendorFiles(dir, 'example').ledger)
  const { size } = ledger
  for (const { index, entry } of leases) expect(toHex(ledger.entry(index) ?? new Uint8Array(0))).toBe(entry)
  ledger.close()
  return size
}
