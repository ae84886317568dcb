import { srvOf, type TextRecord } from '../text-record.ts'
import type { FormInput } from './form-input.ts'

/** Writes lines for a zone file (RFC 1035 §5), with full names, so that they are right wherever they stand. */
export function zoneForm({ records }: FormInput): string {
  return records
    .map((record) => `${record.name}. ${String(record.ttl)} IN ${record.type} ${zoneData(record)}`)
    .join('\n')
}

/** Writes the data of a record as a zone file has it. A TXT record never stands here: a checkpoint is old before it is typed. */
export function zoneData(record: TextRecord): string {
  if (record.type !== 'SRV') return record.text
  const { priority, weight, port, target } = srvOf(record)
  return `${String(priority)} ${String(weight)} ${String(port)} ${target}.`
}
