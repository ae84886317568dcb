import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { equal } from '@volact/core/bytes'
import { generatePrivateKey, signerFromPkcs8 } from '@volact/core/crypto'
import { extensionOids } from '@volact/core/x509/oids'
import { parseCertificateRequest } from '@volact/core/x509/request'
import { createHostRequest } from './host-request.ts'

const signer = signerFromPkcs8(generatePrivateKey('ESP256'))
const logId = new Uint8Array(32).fill(0xab)

it('names its key and its log, as core reads it (rule 7)', () => {
  const request = parseCertificateRequest(createHostRequest({ subject: 'host-1', signer, logId }))
  expect(request.subject).toBe('CN=host-1')
  expect(equal(request.publicKey.bytes, signer.publicKey.bytes)).toBe(true)
  expect(equal(request.logId, logId)).toBe(true)
})

it('is a request that openssl verifies, with the whole object identifier', () => {
  const input = createHostRequest({ subject: 'host-1', signer, logId })
  const options = ['req', '-inform', 'DER', '-verify', '-noout', '-text']
  const text = execFileSync('openssl', options, { input, encoding: 'utf8', stdio: 'pipe' })
  expect(text).toContain(extensionOids.logId)
})

it('is refused after any one bit of it was changed', () => {
  const request = createHostRequest({ subject: 'host-1', signer, logId })
  for (let bit = 0; bit < request.length * 8; bit++) {
    const changed = request.slice()
    changed[bit >> 3] = Number(changed[bit >> 3]) ^ (1 << (bit & 7))
    expect(() => parseCertificateRequest(changed)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/MALFORMED|SIGNATURE_INVALID/) as string }),
    )
  }
})
