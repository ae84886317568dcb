import { randomBytes } from 'node:crypto'
import { encodeDetails } from '@volact/core/document/details'
import { encodeEntry, type LedgerEntry } from '@volact/core/document/ledger-entry'
import type { Grant } from '@volact/core/document/grant'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { days, type Instant } from '@volact/core/time'
import type { DetailsRecord } from '@volact/ledger/details-record'
import { openLedger } from '@volact/ledger/open-ledger'
import { identityOf } from '../activation/identity.ts'
import { vendorFiles } from '../folder/files.ts'
import type { TestVendor } from '../vendor.fixture.ts'

/** A grant for a machine, as the ledger of a test shows it. */
export interface GrantToWrite {
  readonly machine: Uint8Array
  readonly name?: string
  readonly time: Instant
  readonly state?: number
  readonly lease?: number
}

/** Writes grants into the ledger of an activated host that does not run, in batches, with their details and without real requests. */
export async function writeGrants(hostDir: string, vendor: TestVendor, grants: readonly GrantToWrite[]): Promise<void> {
  const ledger = openLedger(vendorFiles(hostDir, vendor.catalog.vendor.id).ledger)
  const { logId } = identityOf(ledger)
  try {
    for (let from = 0; from < grants.length; from += batch) {
      const some = grants.slice(from, from + batch)
      const { size: first } = ledger
      const entries = some.map((grant, place) => encodeEntry(entryOf(logId, vendor, grant, first + place)))
      await ledger.append(entries)
      ledger.keepDetails(some.map((grant, place) => detailsOf(grant, first + place)))
    }
  } finally {
    ledger.close()
  }
}

const batch = 500

function entryOf(logId: Uint8Array, vendor: TestVendor, given: GrantToWrite, index: number): LedgerEntry {
  const { machine, time, state = 2, lease = days(180) } = given
  const grant: Grant = {
    ...{ logId, machine, index, state, issued: time, notBefore: time, expires: time + lease },
    ...{ cti: random(16), nonce: random(16), anchor: random(32), req: random(32), detailsDigest: random(32) },
    ...{ product: uuidToBytes(vendor.desktop), count: 30, threshold: 3, thresholdSource: 'policy', features: [] },
    ...{ activationMinutes: 120, renewalMinutes: 10_080, flags: { weak: false, virtual: false, ephemeral: false } },
  }
  return { kind: 'grant', grant }
}

function detailsOf({ name }: GrantToWrite, index: number): DetailsRecord {
  const details = encodeDetails({ ...(name !== undefined && { name }), addresses: ['192.0.2.7'], version: '1' })
  return { index, request: random(300), salt: random(16), details }
}

/** Random bytes. */
export function random(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length))
}
