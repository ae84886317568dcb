import { ActivationError } from '@volact/core/errors/activation-error'
import { attempt } from '@volact/core/errors/attempt'
import type { ErrorCode } from '@volact/core/errors/table'
import { decodeMessage, encodeMessage } from '@volact/core/wire/message'
import type { HostAnswer } from '../activation/activate-host.ts'
import type { RenewalAnswer } from '../renewal/renew-host.ts'
import type { Authority } from '../authority.ts'

/** An answer over HTTP: the body is always one message. */
export interface HttpAnswer {
  readonly status: number
  readonly body: Uint8Array
  /** Seconds, for the header of that name. */
  readonly retryAfter?: number
}

/** Answers the body of `POST /v1/hosts`: one message of kind 32 (protocol.md §11.3). Bytes of any kind get an answer. */
export async function answerHost(authority: Authority, body: Uint8Array, address: string): Promise<HttpAnswer> {
  const message = attempt(() => decodeMessage(body))
  if (message instanceof ActivationError) return refuse(message.code, message.message)
  if (message.kind === 'renew-host') return toHttp(await authority.renewHost(message, address))
  if (message.kind !== 'activate-host') {
    return refuse('NOT_SUPPORTED', `a message of kind "${message.kind}" is not for an authority`)
  }
  return toHttp(await authority.activateHost(message, address))
}

/** Makes a refusal that is no answer of the authority itself. */
export function refuse(code: ErrorCode, text: string): HttpAnswer {
  return toHttp({ kind: 'refusal', code, text })
}

function toHttp(answer: HostAnswer | RenewalAnswer): HttpAnswer {
  const body = encodeMessage(answer)
  if (answer.kind !== 'refusal') return { status: 200, body }
  const retryAfter = answer.retryAfter === undefined ? {} : { retryAfter: answer.retryAfter }
  return { status: statuses[answer.code] ?? 400, body, ...retryAfter }
}

/** What is no fault of the request's form. Everything else is 400. */
const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  KEY_INVALID: 403,
  KEY_BLOCKED: 403,
  HOST_KEY_EXHAUSTED: 403,
  LICENSE_EXPIRED: 403,
  LOG_MISMATCH: 409,
  CONSISTENCY_FAILED: 409,
  LOG_FORKED: 409,
  HOST_ROLLED_BACK: 409,
  RENEWAL_NOT_DUE: 403,
  SPARE_NOT_CONFIRMED: 403,
  TOO_LARGE: 413,
  BUSY: 429,
}
