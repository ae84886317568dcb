import { InvalidArgumentError } from 'commander'

/** Where a service listens; port 0 takes any that is free. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** Reads `ADDRESS:PORT`, with an IPv6 address in brackets. */
export function parseListenAddress(text: string): ListenAddress {
  const [, bracketed, plain, digits = ''] = /^(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  if (host === undefined || port > 65_535) {
    throw new InvalidArgumentError('It takes an address and a port, like 127.0.0.1:1688 or [::1]:1688.')
  }
  return { host, port }
}
