import { describe, expect, it } from 'vitest'
import { hideSecrets } from './hide-secrets.ts'

const key = 'BCDFG-HJKMP-QRTVW-XY234-6789B'

describe('a text', () => {
  it.each([
    [key, '*****-*****-*****-*****-6789B'],
    [`/tmp/${key}.request: no such file`, '/tmp/*****-*****-*****-*****-6789B.request: no such file'],
    [key.replaceAll('-', '').toLowerCase(), '*****-*****-*****-*****-6789b'],
    [`${key},${key}`, '*****-*****-*****-*****-6789B,*****-*****-*****-*****-6789B'],
    ['no pool "volact-pool:lab:WuIRQKE4Za2Hp_-l" here', 'no pool "volact-pool:lab:***" here'],
  ])('shows no more of a product key than its end, and none of a token: %s', (text, shown) => {
    expect(hideSecrets(text)).toBe(shown)
  })

  it.each([
    '4c4c4544-0051-3510-8052-b4c04f4d3132',
    'the host serves on 127.0.0.1:1688',
    'b'.repeat(64),
    `x${key.replaceAll('-', '')}`,
    '2026-01-01T00:00:00Z',
  ])('that has none stays as it is: %s', (text) => {
    expect(hideSecrets(text)).toBe(text)
  })
})
