import { uuidFromBytes } from '@volact/core/catalog/uuid'
import { openRelease } from '@volact/core/document/release'
import { openRequest } from '@volact/core/document/request'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { ErrorCode } from '@volact/core/errors/table'
import type { ActivateMessage, ReleaseMessage } from '@volact/core/wire/activation-messages'
import type { HostInformationMessage } from '@volact/core/wire/host-information'
import { decodeMessage, encodeMessage, type Message, type MessageBody } from '@volact/core/wire/message'
import * as refusals from '../pipeline/refusals.ts'
import type { VendorService } from '../pipeline/vendor-service.ts'
import type { Reply } from './connection.ts'

/** Whom a product is asked of: the vendor who has it in the catalog, and the service, if the host is activated with that vendor. */
export interface ProductOwner {
  readonly vendor: string
  readonly service: VendorService | undefined
}

/** What the dispatcher needs to know of a host. */
export interface HostServices {
  /** The vendor of a product, by its activation ID in the usual writing. */
  readonly ownerOf: (activationId: string) => ProductOwner | undefined
  readonly services: readonly VendorService[]
  readonly information: () => HostInformationMessage
}

// What cannot be a message of ours at all; other errors are answered, and the connection goes on.
const garbage: ReadonlySet<ErrorCode> = new Set(['MALFORMED', 'UNKNOWN_CRITICAL', 'TOO_LARGE'])

/** Answers one message: decode → authenticate → hand on (design §4). It never fails; a failure is a refusal. */
export async function dispatch(bytes: Uint8Array, host: HostServices): Promise<Reply> {
  let message: Message
  try {
    message = decodeMessage(bytes)
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    return { answer: encodeMessage(refusals.ofError(error)), end: garbage.has(error.code) }
  }
  return { answer: encodeMessage(await answer(message, host)), end: false }
}

async function answer(message: Message, host: HostServices): Promise<MessageBody> {
  try {
    for (const service of host.services) service.show(message.riders?.checkpoint)
    return await handle(message, host)
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    return refusals.ofError(error)
  }
}

function handle(message: Message, host: HostServices): Promise<MessageBody> | MessageBody {
  switch (message.kind) {
    case 'activate':
      return activate(message, host)
    case 'release':
      return release(message, host)
    case 'host-information-query':
      return host.information()
    case 'confirmation-request':
    case 'confirmation-pick-up':
    case 'revocation-list-query':
      return notSupported(
        `this host gives no ${message.kind === 'revocation-list-query' ? 'revocation lists' : 'confirmations'}`,
      )
    case 'grant':
    case 'challenge':
    case 'released':
    case 'host-information':
    case 'confirmation':
    case 'refusal':
    case 'revocation-list':
    case 'activate-host':
    case 'host-activated':
      return notSupported(`a host is not asked with a message of kind "${message.kind}"`)
  }
}

/** Nothing is looked at before the signature holds (rule 15: in this form every request goes the slow way). */
function activate(message: ActivateMessage, host: HostServices): Promise<MessageBody> | MessageBody {
  const opened = openRequest(message.request)
  const found = serviceFor(opened.request.product, host)
  return found.kind === 'refusal' ? found : found.service.activate(opened, message)
}

function release(message: ReleaseMessage, host: HostServices): Promise<MessageBody> | MessageBody {
  const opened = openRelease(message.release)
  const found = serviceFor(opened.release.product, host)
  return found.kind === 'refusal' ? found : found.service.release(opened, message)
}

type Found = { readonly kind: 'service'; readonly service: VendorService } | Extract<MessageBody, { kind: 'refusal' }>

function serviceFor(product: Uint8Array, { ownerOf, services }: HostServices): Found {
  const id = uuidFromBytes(product)
  const owner = ownerOf(id)
  const [first] = services
  if (owner === undefined) {
    if (first === undefined) return refusals.notActivated('its administrator runs "volact host activate"')
    return refusals.notServed(`the product ${id}`, first.terms)
  }
  if (owner.service !== undefined) return { kind: 'service', service: owner.service }
  return refusals.notActivated(`its administrator runs "volact host activate" for the vendor ${owner.vendor}`)
}

function notSupported(text: string): MessageBody {
  return { kind: 'refusal', code: 'NOT_SUPPORTED', text }
}
