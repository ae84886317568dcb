import { describe, expect, it } from 'vitest'
import { ActivationError, type Attempt } from '@volact/core/errors/activation-error'
import type { ErrorCode } from '@volact/core/errors/table'
import type { ActivationOutcome } from '../activation/outcome.ts'
import { codeOf } from '../client.fixture.ts'
import { askHosts } from './ask-hosts.ts'
import type { Finding } from './candidates.ts'

function refusal(code: ErrorCode): ActivationOutcome {
  return {
    outcome: 'refused',
    product: 'desktop-1',
    host: '',
    code,
    text: `no: ${code}`,
    nextAttempt: 0,
    passedOver: [],
  }
}

async function* hosts(...names: readonly string[]): AsyncGenerator<Finding> {
  for (const name of names) {
    await Promise.resolve()
    yield { kind: 'host', address: { name, port: 1688 }, from: 'dns', zone: 'corp.test' }
  }
}

/** Asks two hosts, of which the first says what is given. */
function askTwo(first: () => ActivationOutcome): ReturnType<typeof askHosts> {
  return askHosts(hosts('a', 'b'), ({ name }) =>
    Promise.resolve(name === 'a' ? first() : refusal('COUNT_INSUFFICIENT')),
  )
}

function fail(code: ErrorCode): () => never {
  return () => {
    throw new ActivationError(code, `bad: ${code}`)
  }
}

describe('asking several hosts', () => {
  it.each([
    'HOST_UNREACHABLE',
    'HOST_MUTE',
    'FOREIGN_PROTOCOL',
    'MALFORMED',
    'TOO_LARGE',
    'ROOT_UNKNOWN',
    'RECEIPT_INVALID',
    'LEASE_MISMATCH',
    'LOG_FORKED',
    'HOST_ROLLED_BACK',
    'CONSISTENCY_FAILED',
    'CLOCK_SKEW',
    'CUSTOMER_MISMATCH',
    'COUNT_INSUFFICIENT',
  ] as const)('goes on after a host that fails with %s (rule 25)', async (code) => {
    expect(await askTwo(fail(code))).toMatchObject({
      ...{ kind: 'answered', host: { address: { name: 'b' } } },
      outcome: { passedOver: [{ host: 'a:1688', code, message: `bad: ${code}` }] },
    })
  })

  it.each([
    ...(['HOST_NOT_ACTIVATED', 'PRODUCT_NOT_SERVED', 'BUSY', 'CLOCK_SKEW', 'LOG_FORKED', 'HOST_ROLLED_BACK'] as const),
    ...(['LICENSE_EXPIRED', 'KEY_BLOCKED', 'NOT_SUPPORTED', 'POOL_FULL', 'REFUSED'] as const),
  ])('goes on after a host that refuses with %s', async (code) => {
    const asked = await askTwo(() => refusal(code))
    expect(asked).toMatchObject({ outcome: { passedOver: [{ host: 'a:1688', code, message: `no: ${code}` }] } })
  })

  it('ends where too few machines were counted, for there this one was', async () => {
    expect(await askTwo(() => refusal('COUNT_INSUFFICIENT'))).toMatchObject({
      ...{ kind: 'answered', host: { address: { name: 'a' } }, outcome: { passedOver: [] } },
    })
  })

  it.each(['DISK_FULL', 'FOLDER_IN_USE', 'ACCESS_DENIED', 'POLICY_INVALID'] as const)(
    'ends with %s, which no other host can help',
    async (code) => {
      expect(await codeOf(() => askTwo(fail(code)))).toBe(code)
    },
  )

  it('ends with what is no failure of a host at all', async () => {
    const abort = (): never => {
      throw new Error('aborted')
    }
    await expect(askTwo(abort)).rejects.toThrow('aborted')
  })

  it('keeps the order of everything that was tried', async () => {
    const seen: Attempt = { target: 'DNS corp.test', code: 'DNS_NAME_MISSING', message: 'there is no such name' }
    async function* findings(): AsyncGenerator<Finding> {
      yield* hosts('last')
      yield { kind: 'seen', attempt: seen }
      yield* hosts('next')
    }
    const asked = await askHosts(findings(), () => Promise.resolve(refusal('BUSY')))
    expect(asked).toEqual({
      ...{ kind: 'in-vain', hosts: 2 },
      attempts: [
        { target: 'last:1688', code: 'BUSY', message: 'no: BUSY' },
        seen,
        { target: 'next:1688', code: 'BUSY', message: 'no: BUSY' },
      ],
    })
  })
})
