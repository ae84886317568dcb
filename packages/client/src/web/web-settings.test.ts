import { describe, expect, it } from 'vitest'
import { parseProxy, proxyFor, webByEnvironment } from './web-settings.ts'

describe('the web proxy of the environment', () => {
  it('is passed by whom NO_PROXY names', () => {
    const isDirect = (list: string, name: string, port = 443): boolean =>
      proxyFor({ name, port, via: 'https' }, webByEnvironment({ HTTPS_PROXY: 'proxy:8080', NO_PROXY: list })) ===
      undefined
    for (const list of [
      '*',
      'corp.test',
      '.corp.test',
      '*.corp.test',
      'x, CORP.test',
      'corp.test:443',
      'a.corp.test',
    ]) {
      expect(isDirect(list, 'A.corp.test')).toBe(true)
    }
    for (const list of ['', 'orp.test', 'corp.test:8443', 'b.corp.test', '.', ':443']) {
      expect(isDirect(list, 'a.corp.test')).toBe(false)
    }
    expect(isDirect('192.0.2.1', '192.0.2.1')).toBe(true)
    expect([isDirect('[::1]:443', '::1'), isDirect('::1', '::1'), isDirect('[::1]:1', '::1')]).toEqual([
      true,
      true,
      false,
    ])
  })

  it('is for HTTPS alone, and one that is written wrong is none', () => {
    const web = webByEnvironment({ https_proxy: 'http://proxy' })
    expect(
      [undefined, 'tls', 'https'].map((via) => proxyFor({ name: 'h', port: 1, ...(via && { via }) }, web)?.port),
    ).toEqual([...[undefined, undefined, 80]])
    expect(['http://a%zz@proxy', 'ftp://proxy', '', 'http://'].map(parseProxy)).toEqual(Array(4).fill(undefined))
  })
})
