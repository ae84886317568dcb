import { describe, expect, it } from 'vitest'
import { codeOf } from './decoder-laws.fixture.ts'
import { newSigner } from './certificates.fixture.ts'
import { filled, start } from './host.fixture.ts'
import { openFileRequest, signFileRequest } from './file-request.ts'
import { deviceTyps } from './kinds.ts'
import { type ActivationRequest, openRequest, requestDigest, signRequest, signRequestAs } from './request.ts'

const signer = newSigner()

const request: ActivationRequest = {
  ...{ nonce: filled(1, 16), audience: { kind: 'address', address: 'file' }, product: filled(2, 16) },
  ...{ deviceKey: signer.publicKey, anchor: filled(3), state: 2, time: start, minutesLeft: 0 },
  ...{ flags: { weak: false, virtual: false, ephemeral: false }, detailsDigest: filled(4) },
}

describe('a file request (rules 4, 46)', () => {
  it('says what a request says, as a kind of its own', () => {
    const bytes = signFileRequest(request, signer)
    expect(openFileRequest(bytes)).toMatchObject({ request, digest: requestDigest(bytes) })
  })

  it('is no request of the network, nor the other way round', () => {
    expect(codeOf(() => openRequest(signFileRequest(request, signer)))).toBe('KIND_MISMATCH')
    expect(codeOf(() => openFileRequest(signRequest(request, signer)))).toBe('KIND_MISMATCH')
  })

  it('answers no challenge', () => {
    const bytes = signRequestAs(deviceTyps.fileRequest, { ...request, challenge: filled(5, 16) }, signer)
    expect(codeOf(() => openFileRequest(bytes))).toBe('KIND_MISMATCH')
  })
})
