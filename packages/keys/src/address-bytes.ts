import { isIPv4, isIPv6 } from 'node:net'

/** Gives the 4 or 16 bytes of an IP address in text; nothing when the text is none. */
export function addressBytes(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.').map(Number))
  if (!isIPv6(text) || text.includes('%')) return undefined
  const [head = '', tail] = canonical(text).split('::')
  const left = groups(head)
  const right = groups(tail ?? '')
  const missing = Array.from({ length: 8 - left.length - right.length }, () => 0)
  return Uint8Array.from([...left, ...missing, ...right].flatMap((group) => [group >> 8, group & 0xff]))
}

/** The URL parser writes every address in hexadecimal groups, an IPv4 address at its end, too. */
function canonical(text: string): string {
  return new URL(`http://[${text}]`).hostname.slice(1, -1)
}

function groups(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => parseInt(group, 16))
}
