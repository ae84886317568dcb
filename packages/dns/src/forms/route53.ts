import type { FormInput } from './form-input.ts'
import { zoneData } from './zone-file.ts'

/**
 * Writes a change batch for `aws route53 change-resource-record-sets`. Route 53 knows only whole sets, so each is created: where
 * there is one already that fails, while UPSERT would take away the records of other hosts.
 */
export function route53Form({ records }: FormInput): string {
  const names = [...new Set(records.map(({ name, type }) => `${name} ${type}`))]
  const changes = names.map((key) => {
    const of = records.filter(({ name, type }) => `${name} ${type}` === key)
    const [first] = of
    if (first === undefined) throw new Error(`${key} has no record`)
    const values = of.map((record) => ({ Value: zoneData(record) }))
    const set = { Name: `${first.name}.`, Type: first.type, TTL: first.ttl, ResourceRecords: values }
    return { Action: 'CREATE', ResourceRecordSet: set }
  })
  const comment = 'If a set exists already, add the value to it instead: UPSERT would remove other hosts.'
  return JSON.stringify({ Comment: comment, Changes: changes }, undefined, 2)
}
