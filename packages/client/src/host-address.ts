import { isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { ActivationError } from '@volact/core/errors/activation-error'

/** Where a host listens. */
export interface HostAddress {
  /** A name, or an IP address without brackets. */
  readonly name: string
  readonly port: number
  /** How the host is spoken to, where it is not the plain protocol on TCP: the same under TLS, or over HTTPS. */
  readonly via?: 'tls' | 'https'
}

/** The port when none is named (protocol.md §11.1). */
export const defaultPort = 1688

/** The port of a host over HTTPS when none is named. */
const httpsPort = 443

/** Reads `NAME`, `NAME:PORT`, `[IPV6]:PORT` or `IPV6`, each also behind `tls://` or `https://`; anything else is `USAGE`. */
export function parseHostAddress(text: string): HostAddress {
  const [, scheme = '', address = ''] = /^(?:(tls|https):\/\/)?(.*?)\/?$/is.exec(text.trim()) ?? []
  if (scheme === '') return parseAddress(text, text.trim(), defaultPort)
  const via = scheme.toLowerCase() === 'tls' ? 'tls' : 'https'
  return { ...parseAddress(text, address, via === 'tls' ? defaultPort : httpsPort), via }
}

function parseAddress(text: string, trimmed: string, usualPort: number): HostAddress {
  if (isIPv6(trimmed)) return { name: trimmed, port: usualPort }
  const [whole, bracketed, plain = '', digits] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(trimmed) ?? []
  const name = bracketed === undefined ? domainToASCII(plain) : isIPv6(bracketed) ? bracketed : ''
  const port = digits === undefined ? usualPort : Number(digits)
  if (whole === undefined || !isHostName(name) || port < 1 || port > 65_535) {
    throw new ActivationError('USAGE', `"${text}" is no address of a host: write NAME, NAME:PORT or [IPV6]:PORT`)
  }
  return { name, port }
}

/** Writes an address as `NAME:PORT`, an IPv6 address in brackets, behind how it is spoken to where that is not the plain protocol. */
export function formatHostAddress({ name, port, via }: HostAddress): string {
  const address = `${name.includes(':') ? `[${name}]` : name}:${String(port)}`
  return via === undefined ? address : `${via}://${address}`
}

/** Says whether a text can be the name of a host, or is an IP address. */
export function isHostName(name: string): boolean {
  return isIPv6(name) || (name.length <= 253 && /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?$/i.test(name))
}
