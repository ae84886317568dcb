import { X509Certificate } from 'node:crypto'
import { expect, it } from 'vitest'
import { makeRoot } from './certificates.fixture.ts'
import { rootFingerprint } from './fingerprint.ts'

it('is written as openssl and Node write it, so that people can compare (rule 48)', () => {
  const { certificate, der } = makeRoot()
  expect(rootFingerprint(certificate)).toBe(new X509Certificate(der).fingerprint256)
})
