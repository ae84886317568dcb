import { toHex } from '@volact/core/bytes'
import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { type HardwareId, parseVector } from '@volact/core/document/hardware-id'
import type { Instant } from '@volact/core/time'
import type { Database } from '../database/open-authority-database.ts'
import type { KeyTable } from '../database/tables.ts'
import type { KeyTerms } from '../keys/key-terms.ts'
import type { KnownHost, KnownKey } from './decide-host-activation.ts'
import type { EntitlingKey } from './host-entitlement.ts'

/** A host key, for the decision and for the entitlement. */
export type HostKey = KnownKey & EntitlingKey

/** Finds the host key with the digest. */
export async function findHostKey(db: Database, digest: Uint8Array): Promise<HostKey | undefined> {
  const keys = db.selectFrom('keys').selectAll().where('type', '=', 'host')
  return hostKeyOf(await keys.where('digest', '=', digest).executeTakeFirst())
}

/** Finds a host key by its serial. */
export async function findHostKeyOf(db: Database, serial: number): Promise<HostKey | undefined> {
  const keys = db.selectFrom('keys').selectAll().where('type', '=', 'host')
  return hostKeyOf(await keys.where('serial', '=', serial).executeTakeFirst())
}

function hostKeyOf(row: KeyTable | undefined): HostKey | undefined {
  if (row === undefined) return undefined
  const terms = JSON.parse(row.terms) as KeyTerms
  return {
    ...{ serial: row.serial, group: row.group_number, customer: row.customer, lastFive: row.last_five },
    ...{ blocked: row.blocked !== null, hostLimit: row.host_limit, activationLimit: row.activation_limit },
    ...{ terms, agreementEnds: terms.agreementEnds },
  }
}

/** Finds all hosts that a key activated, the latest first. */
export async function findHosts(db: Database, serial: number): Promise<readonly KnownHost[]> {
  const hosts = await db
    .selectFrom('hosts')
    .selectAll()
    .where('key_serial', '=', serial)
    .orderBy('id', 'desc')
    .execute()
  const logs = await db
    .selectFrom('activations')
    .innerJoin('hosts', 'hosts.id', 'activations.host_id')
    .select(['host_id', 'log_id'])
    .where('key_serial', '=', serial)
    .execute()
  return hosts.map(({ id, anchor, vector }) => ({
    id,
    hardware: { anchor, vector: parseVector(decodeCbor(vector), 'stored vector') },
    logs: logs.filter((log) => log.host_id === id).map((log) => toHex(log.log_id)),
  }))
}

/** The certificate that was issued for a log, and the serial of the key it was issued under. */
export async function findCertificate(
  db: Database,
  logId: Uint8Array,
): Promise<{ readonly certificate: Uint8Array; readonly serial: number } | undefined> {
  return db
    .selectFrom('activations')
    .innerJoin('hosts', 'hosts.id', 'activations.host_id')
    .select(['certificate', 'key_serial as serial'])
    .where('log_id', '=', logId)
    .executeTakeFirst()
}

/** Adds a host and returns its number. */
export async function addHost(
  db: Database,
  { serial, hardware, now }: { readonly serial: number; readonly hardware: HardwareId; readonly now: Instant },
): Promise<number> {
  const row = { key_serial: serial, ...hardwareColumns(hardware), first_activated: now }
  const { id } = await db.insertInto('hosts').values(row).returning('id').executeTakeFirstOrThrow()
  return id
}

/** Stores the hardware that a host has now, to compare the next one with (rule 36). */
export async function updateHost(db: Database, id: number, hardware: HardwareId): Promise<void> {
  await db.updateTable('hosts').set(hardwareColumns(hardware)).where('id', '=', id).execute()
}

function hardwareColumns({ anchor, vector }: HardwareId): { anchor: Uint8Array; vector: Uint8Array } {
  return { anchor, vector: encodeCbor(vector) }
}
