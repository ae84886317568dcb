import { describe, expect, it } from 'vitest'
import { codeOf } from './client.fixture.ts'
import { formatHostAddress, parseHostAddress } from './host-address.ts'

describe('the address of a host', () => {
  it.each([
    ['host', 'host:1688'],
    ['host.example:1700', 'host.example:1700'],
    [' Host.Example. ', 'host.example.:1688'],
    ['192.0.2.1:1', '192.0.2.1:1'],
    ['2001:db8::1', '[2001:db8::1]:1688'],
    ['[2001:db8::1]', '[2001:db8::1]:1688'],
    ['[::1]:65535', '[::1]:65535'],
    ['_volact._tcp.example', '_volact._tcp.example:1688'],
    ['bücher.example:99', 'xn--bcher-kva.example:99'],
    ['tls://host', 'tls://host:1688'],
    ['HTTPS://Host.Example/', 'https://host.example:443'],
    ['https://[::1]:8443', 'https://[::1]:8443'],
  ])('%j is %s', (text, written) => {
    expect(formatHostAddress(parseHostAddress(text))).toBe(written)
    expect(formatHostAddress(parseHostAddress(written))).toBe(written)
  })

  it.each([
    '',
    ':1688',
    'host:',
    'host:0',
    'host:65536',
    'host:port',
    'host:1:2',
    '[host]:1',
    '[::1',
    'a b',
    '-',
    'http://host',
    'a'.repeat(254),
  ])('%j is none', async (text) => {
    expect(await codeOf(() => parseHostAddress(text))).toBe('USAGE')
  })
})
