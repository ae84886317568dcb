import { uuidFromBytes } from '@volact/core/catalog/uuid'
import { uuidLength } from '@volact/core/document/limits'
import { readRelease } from '@volact/core/document/release'
import { readRequest } from '@volact/core/document/request'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { ErrorCode } from '@volact/core/errors/table'
import type { ActivateMessage, ReleaseMessage } from '@volact/core/wire/activation-messages'
import type { HostInformationMessage } from '@volact/core/wire/host-information'
import { decodeMessage, encodeMessage, type Message, type MessageBody } from '@volact/core/wire/message'
import { recogniseActivate, type RecognisedActivate } from '@volact/core/wire/recognise-activate'
import * as refusals from '../pipeline/refusals.ts'
import type { VendorService } from '../pipeline/vendor-service.ts'
import type { ProductTable } from './product-table.ts'
import type { Reply } from './reply.ts'

/** What the dispatcher needs to know of a host. */
export interface HostServices {
  readonly products: ProductTable
  readonly services: readonly VendorService[]
  readonly information: () => HostInformationMessage
}

// What cannot be a message of ours at all; other errors are answered, and the connection goes on.
const garbage: ReadonlySet<ErrorCode> = new Set(['MALFORMED', 'UNKNOWN_CRITICAL', 'TOO_LARGE'])

/** Answers one message: recognise or decode → hand on. It never fails; a failure is a refusal. */
export function dispatch(bytes: Uint8Array, reply: Reply, host: HostServices): void {
  const recognised = recogniseActivate(bytes)
  if (recognised !== undefined) {
    activateRecognised(recognised, reply, host)
    return
  }
  let message: Message
  try {
    message = decodeMessage(bytes)
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    reply.answer(encodeMessage(refusals.ofError(error)), garbage.has(error.code))
    return
  }
  try {
    for (const service of host.services) service.show(message.riders?.checkpoint)
    handle(message, reply, host)
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    reply.answer(encodeMessage(refusals.ofError(error)))
  }
}

function activateRecognised(recognised: RecognisedActivate, reply: Reply, host: HostServices): void {
  const { bytes, fields } = recognised
  const found = serviceFor(bytes, fields.product, host)
  if (found.kind === 'refusal') reply.answer(encodeMessage(found))
  else found.service.activateRecognised(recognised, reply)
}

function handle(message: Message, reply: Reply, host: HostServices): void {
  switch (message.kind) {
    case 'activate':
      activate(message, reply, host)
      break
    case 'release':
      release(message, reply, host)
      break
    case 'host-information-query':
      reply.answer(encodeMessage(host.information()))
      break
    case 'confirmation-request':
    case 'confirmation-pick-up':
    case 'revocation-list-query':
      refuse(
        `this host gives no ${message.kind === 'revocation-list-query' ? 'revocation lists' : 'confirmations'}`,
        reply,
      )
      break
    case 'grant':
    case 'challenge':
    case 'released':
    case 'host-information':
    case 'confirmation':
    case 'refusal':
    case 'revocation-list':
    case 'activate-host':
    case 'host-activated':
    case 'renew-host':
    case 'host-renewed':
      refuse(`a host is not asked with a message of kind "${message.kind}"`, reply)
      break
  }
}

/** Whom it is for is looked at before its signature, which a service verifies where that delays nobody. */
function activate(message: ActivateMessage, reply: Reply, host: HostServices): void {
  const { opened } = readRequest(message.request)
  const found = serviceFor(opened.request.product, 0, host)
  if (found.kind === 'refusal') reply.answer(encodeMessage(found))
  else found.service.activate(message, reply)
}

function release(message: ReleaseMessage, reply: Reply, host: HostServices): void {
  const { opened } = readRelease(message.release)
  const found = serviceFor(opened.release.product, 0, host)
  if (found.kind === 'refusal') reply.answer(encodeMessage(found))
  else found.service.release(message, reply)
}

type Found = { readonly kind: 'service'; readonly service: VendorService } | Extract<MessageBody, { kind: 'refusal' }>

function serviceFor(bytes: Uint8Array, at: number, { products, services }: HostServices): Found {
  const owner = products.find(bytes, at)
  if (owner?.service !== undefined) return { kind: 'service', service: owner.service }
  const [first] = services
  if (owner === undefined) {
    if (first === undefined) return refusals.notActivated('its administrator runs "volact host activate"')
    return refusals.notServed(`the product ${uuidFromBytes(bytes.slice(at, at + uuidLength))}`, first.terms)
  }
  return refusals.notActivated(`its administrator runs "volact host activate" for the vendor ${owner.vendor}`)
}

function refuse(text: string, reply: Reply): void {
  reply.answer(encodeMessage({ kind: 'refusal', code: 'NOT_SUPPORTED', text }))
}
