import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { hmacSha256 } from '../crypto.ts'
import { codeOf } from './decoder-laws.fixture.ts'
import { filled } from './host.fixture.ts'
import {
  formatPoolToken,
  isPoolId,
  isPoolProof,
  makePoolProof,
  parsePoolToken,
  poolHandle,
  poolLimits,
} from './pool-token.ts'

const token = { id: 'class-room', secret: filled(0xfb) }
const digest = filled(0x22)

describe('a pool token', () => {
  it('comes back as it was written, whatever white space is pasted around it', () => {
    const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(secrets, (secret) => {
        const text = formatPoolToken({ id: 'vdi-1', secret })
        expect(text).toMatch(/^volact-pool:vdi-1:[A-Za-z0-9_-]{43}$/)
        expect(parsePoolToken(` ${text}\n`)).toEqual({ id: 'vdi-1', secret })
      }),
    )
  })

  it.each([
    ['nothing', ''],
    ['another prefix', formatPoolToken(token).replace('volact', 'other')],
    ['a digit less', formatPoolToken(token).slice(0, -1)],
    ['a digit more', `${formatPoolToken(token)}A`],
    ['digits of another base64', formatPoolToken(token).replaceAll('-', '+')],
    ['unused bits that are not zero', `${formatPoolToken(token).slice(0, -1)}B`],
    ['no name', formatPoolToken({ ...token, id: '' })],
    ['a name of capitals', formatPoolToken({ ...token, id: 'Room' })],
  ])('is refused, and not quoted, with %s', (_, text) => {
    expect(codeOf(() => parsePoolToken(text))).toBe('POOL_TOKEN_INVALID')
    expect(() => parsePoolToken(text)).not.toThrow(/-_-_/)
  })
})

it.each([
  ['a', true],
  ['class-room-7', true],
  ['x'.repeat(poolLimits.id), true],
  ['x'.repeat(poolLimits.id + 1), false],
  ['-a', false],
  ['a-', false],
  ['a:b', false],
  ['', false],
])('%s as the name of a pool: %s', (id, expected) => {
  expect(isPoolId(id)).toBe(expected)
})

describe('the proof of a pool', () => {
  it('is HMAC-SHA-256 of the secret over the digest of the request, and holds for these two alone (rule 38)', () => {
    const proof = makePoolProof(token, digest)
    expect(proof).toEqual({ id: 'class-room', proof: hmacSha256(token.secret, digest) })
    expect(isPoolProof(token.secret, proof, digest)).toBe(true)
    expect(isPoolProof(filled(1), proof, digest)).toBe(false)
    expect(isPoolProof(token.secret, proof, filled(1))).toBe(false)
    expect(isPoolProof(token.secret, { ...proof, proof: proof.proof.slice(0, 31) }, digest)).toBe(false)
    expect(isPoolProof(token.secret, { ...proof, proof: Uint8Array.of(...proof.proof, 0) }, digest)).toBe(false)
  })

  it('says nothing of the name that the pool has in the ledger', () => {
    const handle = poolHandle(token.secret)
    expect(handle).toHaveLength(poolLimits.handle)
    expect(handle).not.toEqual(poolHandle(filled(1)))
    expect(handle).not.toEqual(makePoolProof(token, digest).proof.slice(0, poolLimits.handle))
  })
})
