import { ActivationError } from '@volact/core/errors/activation-error'
import type { OpenedVendor } from './open-host.ts'
import type { AddedPool } from './pipeline/pools.ts'
import type { VendorService } from './pipeline/vendor-service.ts'
import { type HostStatus, type PoolStatus, poolStatuses } from './status.ts'

/** What a command asks of a host, the running one through its control socket. `vendor` is needed where there are several. */
export type HostQuestion =
  | { readonly verb: 'status' }
  | { readonly verb: 'pool-add'; readonly pool: string; readonly limit: number; readonly vendor?: string }
  | { readonly verb: 'pool-list'; readonly vendor?: string }
  | { readonly verb: 'pool-remove'; readonly pool: string; readonly vendor?: string }

/** What is answered to each verb. */
export interface HostAnswers {
  readonly status: HostStatus
  readonly 'pool-add': AddedPool
  readonly 'pool-list': readonly PoolStatus[]
  readonly 'pool-remove': null
}

/** Who answers: the vendors of a host, and its status. */
export interface HostToAsk {
  readonly vendors: readonly OpenedVendor[]
  readonly status: () => Promise<HostStatus>
}

/** Answers a question that came through the control socket; one that it does not know is a bug of who asks. */
export function answerQuestion(question: unknown, host: HostToAsk): Promise<HostAnswers[keyof HostAnswers]> {
  const { verb, pool, limit, vendor } = fieldsOf(question)
  const of = typeof vendor === 'string' ? vendor : undefined
  if (verb === 'status') return answer({ verb }, host)
  if (verb === 'pool-list') return answer({ verb, ...(of !== undefined && { vendor: of }) }, host)
  const named = { pool: typeof pool === 'string' ? pool : '', ...(of !== undefined && { vendor: of }) }
  if (verb === 'pool-remove') return answer({ verb, ...named }, host)
  if (verb === 'pool-add') return answer({ verb, ...named, limit: typeof limit === 'number' ? limit : 0 }, host)
  throw new Error('the running host knows no such question')
}

/** Answers a question. `USAGE`, or `HOST_NOT_ACTIVATED` where there is no ledger to write into. */
export async function answer<Q extends HostQuestion>(question: Q, host: HostToAsk): Promise<HostAnswers[Q['verb']]>
export async function answer(question: HostQuestion, host: HostToAsk): Promise<HostAnswers[HostQuestion['verb']]> {
  switch (question.verb) {
    case 'status':
      return host.status()
    case 'pool-add':
      return serviceOf(host, question.vendor).pools.add(question.pool, question.limit)
    case 'pool-list':
      return poolStatuses(serviceOf(host, question.vendor))
    case 'pool-remove':
      await serviceOf(host, question.vendor).pools.remove(question.pool)
      return null
  }
}

function serviceOf({ vendors }: HostToAsk, id: string | undefined): VendorService {
  const ids = vendors.map(({ vendor }) => vendor.id)
  if (id === undefined && ids.length > 1) {
    throw new ActivationError('USAGE', `this host has several vendors: name one of ${ids.join(', ')}`)
  }
  const found = vendors.find(({ vendor }) => id === undefined || vendor.id === id)
  if (found === undefined && id !== undefined) {
    throw new ActivationError('USAGE', `"${id}" is no vendor of this host, which has ${ids.join(', ') || 'none'}`)
  }
  if (found?.service !== undefined) return found.service
  throw new ActivationError('HOST_NOT_ACTIVATED', 'this host is not activated: run "volact host activate" first')
}

function fieldsOf(question: unknown): Readonly<Record<'verb' | 'pool' | 'limit' | 'vendor', unknown>> {
  const fields = { verb: undefined, pool: undefined, limit: undefined, vendor: undefined }
  return typeof question === 'object' && question !== null ? { ...fields, ...question } : fields
}
