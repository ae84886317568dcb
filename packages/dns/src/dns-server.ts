import { isIPv6 } from 'node:net'

/** Where a DNS server listens. */
export interface DnsServer {
  /** An IP address without brackets. */
  readonly address: string
  readonly port: number
}

/** Reads `IP`, `IP:PORT`, `[IPV6]:PORT` or `IPV6` as the operating system and the resolver of Node write it. */
export function parseServer(text: string): DnsServer {
  if (isIPv6(text)) return { address: text, port: 53 }
  const [, bracketed, plain = '', digits = '53'] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(text) ?? []
  return { address: bracketed ?? plain, port: Number(digits) }
}

/** Names a server for a person. */
export function formatServer({ address, port }: DnsServer): string {
  return `${isIPv6(address) ? `[${address}]` : address}:${String(port)}`
}
