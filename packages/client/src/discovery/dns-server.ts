import { isIP, isIPv6 } from 'node:net'
import { ActivationError } from '@volact/core/errors/activation-error'

/** Reads the address of a DNS server, `IP`, `IP:PORT` or `[IPV6]:PORT`, and gives it as the resolver takes it; else `USAGE`. */
export function parseDnsServer(text: string): string {
  const trimmed = text.trim()
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(trimmed) ?? []
  const address = isIPv6(trimmed) ? trimmed : (bracketed ?? plain ?? '')
  const port = digits === undefined ? 53 : Number(digits)
  const isRight = bracketed === undefined ? isIP(address) !== 0 : isIPv6(bracketed)
  if (isRight && port >= 1 && port <= 65_535) return `${isIPv6(address) ? `[${address}]` : address}:${String(port)}`
  throw new ActivationError('USAGE', `"${text}" is no address of a DNS server: write IP, IP:PORT or [IPV6]:PORT`)
}
