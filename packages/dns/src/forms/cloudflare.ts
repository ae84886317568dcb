import { srvOf, type TextRecord } from '../text-record.ts'
import type { FormInput } from './form-input.ts'

/** Writes one call of the API of Cloudflare for each record. Nothing goes through its proxy, which carries web pages only. */
export function cloudflareForm({ records }: FormInput): string {
  return records.map((record) => [...call, `  --data '${JSON.stringify(bodyOf(record))}'`].join(' \\\n')).join('\n')
}

const call = [
  'curl --fail -X POST "https://api.cloudflare.com/client/v4/zones/$ZONE_ID/dns_records"',
  '  -H "Authorization: Bearer $API_TOKEN" -H "Content-Type: application/json"',
]

function bodyOf(record: TextRecord): object {
  const { type, name, ttl } = record
  if (type === 'SRV') return { type, name, ttl, data: srvOf(record) }
  return { type, name, ttl, content: record.text, proxied: false }
}
