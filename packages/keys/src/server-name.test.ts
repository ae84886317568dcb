import { expect, it } from 'vitest'
import { derServerName, isDnsName } from './server-name.ts'

it.each(['localhost', 'a.b.example', 'host_1.example', '3com.example', 'a'.repeat(63)])('%s is a DNS name', (name) => {
  expect(isDnsName(name)).toBe(true)
})

it.each(['', '-a', 'a-', 'a..b', '.a', 'a.', 'ä.example', 'a b', 'a'.repeat(64), 'a.'.repeat(126) + 'ab'])(
  '"%s" is none, and no certificate names it',
  (name) => {
    expect(isDnsName(name)).toBe(false)
    expect(() => derServerName(name)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  },
)
