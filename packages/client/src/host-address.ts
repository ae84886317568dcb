import { isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { ActivationError } from '@volact/core/errors/activation-error'

/** Where a host listens. */
export interface HostAddress {
  /** A name, or an IP address without brackets. */
  readonly name: string
  readonly port: number
}

/** The port when none is named (protocol.md §11.1). */
export const defaultPort = 1688

/** Reads `NAME`, `NAME:PORT`, `[IPV6]:PORT` or `IPV6`; anything else is `USAGE`. */
export function parseHostAddress(text: string): HostAddress {
  const trimmed = text.trim()
  if (isIPv6(trimmed)) return { name: trimmed, port: defaultPort }
  const [whole, bracketed, plain = '', digits] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(trimmed) ?? []
  const name = bracketed === undefined ? domainToASCII(plain) : isIPv6(bracketed) ? bracketed : ''
  const port = digits === undefined ? defaultPort : Number(digits)
  if (whole === undefined || !isHostName(name) || port < 1 || port > 65_535) {
    throw new ActivationError('USAGE', `"${text}" is no address of a host: write NAME, NAME:PORT or [IPV6]:PORT`)
  }
  return { name, port }
}

/** Writes an address as `NAME:PORT`, an IPv6 address in brackets. */
export function formatHostAddress({ name, port }: HostAddress): string {
  return `${name.includes(':') ? `[${name}]` : name}:${String(port)}`
}

/** Says whether a text can be the name of a host, or is an IP address. */
export function isHostName(name: string): boolean {
  return isIPv6(name) || (name.length <= 253 && /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?$/i.test(name))
}
