import { srvOf, type TextRecord } from '../text-record.ts'
import type { FormInput } from './form-input.ts'
import { relativeName } from './relative-name.ts'

/** Writes commands for the DNS server of Windows (module DnsServer). Each adds one record; others of the name stay. */
export function powershellForm({ zone, records }: FormInput): string {
  return records
    .map((record) => {
      const name = relativeName(record.name, zone)
      return `Add-DnsServerResourceRecord -ZoneName '${zone}' -Name '${name}' ${dataOf(record)} -TimeToLive ${timeSpan(record.ttl)}`
    })
    .join('\n')
}

function dataOf(record: TextRecord): string {
  if (record.type !== 'SRV') return `-${record.type} -${record.type === 'A' ? 'IPv4' : 'IPv6'}Address '${record.text}'`
  const { priority, weight, port, target } = srvOf(record)
  return `-Srv -DomainName '${target}' -Priority ${String(priority)} -Weight ${String(weight)} -Port ${String(port)}`
}

/** Days, hours, minutes, seconds, as PowerShell reads them. */
function timeSpan(seconds: number): string {
  const parts = [Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
  return `${String(Math.floor(seconds / 86_400))}.${parts.map((part) => String(part).padStart(2, '0')).join(':')}`
}
