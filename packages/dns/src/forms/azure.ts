import { srvOf, type TextRecord } from '../text-record.ts'
import type { FormInput } from './form-input.ts'
import { relativeName } from './relative-name.ts'

/** Writes commands for Azure DNS; `add-record` makes the set where there is none, and the next line gives it its TTL. */
export function azureForm({ zone, records }: FormInput): string {
  const sets = new Map(records.map((record) => [`${record.type} ${record.name}`, record]))
  const adding = records.map((record) => {
    const set = setOf(record, zone)
    return `az network dns record-set ${record.type.toLowerCase()} add-record ${group} ${set} ${dataOf(record)}`
  })
  const lasting = [...sets.values()].map((record) => {
    const set = `--zone-name ${zone} --name '${relativeName(record.name, zone)}'`
    return `az network dns record-set ${record.type.toLowerCase()} update ${group} ${set} --set ttl=${String(record.ttl)}`
  })
  return [...adding, ...lasting].join('\n')
}

const group = '--resource-group "$RESOURCE_GROUP"'

function setOf({ name }: TextRecord, zone: string): string {
  return `--zone-name ${zone} --record-set-name '${relativeName(name, zone)}'`
}

function dataOf(record: TextRecord): string {
  if (record.type !== 'SRV') return `--ipv${record.type === 'A' ? '4' : '6'}-address ${record.text}`
  const { priority, weight, port, target } = srvOf(record)
  return `--priority ${String(priority)} --weight ${String(weight)} --port ${String(port)} --target ${target}`
}
