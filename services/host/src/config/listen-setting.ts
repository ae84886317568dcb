import type { ListenAddress } from '../network/frame-server.ts'
import { type Described, parsed, type Setting } from './setting.ts'

/** An address to listen on, which must be there. */
export function listenOn(usual: ListenAddress, about: Described): Setting<ListenAddress> {
  return parsed(parseListenAddress, { ...about, usual, values: 'ADDRESS:PORT, an IPv6 address in brackets' })
}

/** An address to listen on, or `off`, which is what holds where nothing is set. */
export function listenOrOff(about: Described): Setting<ListenAddress | 'off'> {
  return parsed<ListenAddress | 'off'>((text) => (text === 'off' ? text : parseListenAddress(text)), {
    ...about,
    ...{ usual: 'off', values: 'ADDRESS:PORT or "off"' },
  })
}

/** Reads `ADDRESS:PORT`, with an IPv6 address in brackets; nothing for anything else. Port 0 takes any that is free. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const [, bracketed, plain, digits = ''] = /^(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  return host === undefined || port > 65_535 ? undefined : { host, port }
}

/** Writes an address as it is read. */
export function formatListenAddress({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
