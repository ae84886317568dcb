import { zoneForm } from './zone-file.ts'
import type { FormInput } from './form-input.ts'

/** Writes commands for `nsupdate`, which with `-g` also speaks to Windows' own servers and with `-k` signs with a key file. */
export function nsupdateForm({ zone, records, server }: FormInput): string {
  const to = server === undefined ? [] : [`server ${server.address} ${String(server.port)}`]
  const changes = records.map((record) => `update add ${zoneForm({ zone, records: [record] })}`)
  return [...to, `zone ${zone}.`, ...changes, 'send'].join('\n')
}
