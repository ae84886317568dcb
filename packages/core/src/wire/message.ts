import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { Fields } from '../cbor/fields.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { presentFields } from '../document/present.ts'
import { requireVersion } from '../document/require-version.ts'
import {
  readActivate,
  readChallenge,
  readGrant,
  readRelease,
  readReleased,
  writeActivate,
  writeChallenge,
  writeGrant,
  writeRelease,
  writeReleased,
} from './activation-messages.ts'
import type {
  ActivateMessage,
  ChallengeMessage,
  GrantMessage,
  ReleaseMessage,
  ReleasedMessage,
} from './activation-messages.ts'
import {
  readConfirmation,
  readConfirmationPickUp,
  readConfirmationRequest,
  writeConfirmation,
  writeConfirmationPickUp,
  writeConfirmationRequest,
} from './confirmation-messages.ts'
import type {
  ConfirmationMessage,
  ConfirmationPickUpMessage,
  ConfirmationRequestMessage,
} from './confirmation-messages.ts'
import type { MessageField } from './fields.ts'
import {
  readActivateHost,
  readHostActivated,
  writeActivateHost,
  writeHostActivated,
} from './host-activation-messages.ts'
import type { ActivateHostMessage, HostActivatedMessage } from './host-activation-messages.ts'
import { readHostRenewed, readRenewHost, writeHostRenewed, writeRenewHost } from './host-renewal-messages.ts'
import type { HostRenewedMessage, RenewHostMessage } from './host-renewal-messages.ts'
import { readHostInformation, writeHostInformation } from './host-information.ts'
import type { HostInformationMessage, HostInformationQuery } from './host-information.ts'
import { readRefusal, writeRefusal } from './refusal.ts'
import type { RefusalMessage } from './refusal.ts'
import { readRevocationList, readRiders, writeRevocationList, writeRiders } from './riders.ts'
import type { Riders, RevocationListMessage, RevocationListQuery } from './riders.ts'

/** What is said, without what rides along. */
export type MessageBody =
  | ActivateMessage
  | GrantMessage
  | ChallengeMessage
  | ReleaseMessage
  | ReleasedMessage
  | HostInformationQuery
  | HostInformationMessage
  | ConfirmationRequestMessage
  | ConfirmationPickUpMessage
  | ConfirmationMessage
  | RefusalMessage
  | RevocationListQuery
  | RevocationListMessage
  | ActivateHostMessage
  | HostActivatedMessage
  | RenewHostMessage
  | HostRenewedMessage

/** One message between two parties (protocol.md §11). Nothing in it is proven: documents inside are opened one by one. */
export type Message = MessageBody & { readonly riders?: Riders }

/** The version of the messages that this program speaks. */
export const messageVersion = 1

/** The number of each kind in key 1 (protocol.md §11.3). The list is closed. */
export const messageKinds: Readonly<Record<Message['kind'], number>> = {
  activate: 1,
  grant: 2,
  challenge: 3,
  release: 4,
  released: 5,
  'host-information-query': 6,
  'host-information': 7,
  'confirmation-request': 8,
  'confirmation-pick-up': 9,
  confirmation: 10,
  refusal: 11,
  'revocation-list-query': 12,
  'revocation-list': 13,
  'activate-host': 32,
  'host-activated': 33,
  'renew-host': 34,
  'host-renewed': 35,
}

/** Writes a message. Its length is checked by whoever sends it: a frame has the limit of its direction. */
export function encodeMessage(message: Message): Uint8Array {
  return encodeCbor(
    presentFields([
      [0, messageVersion],
      [1, messageKinds[message.kind]],
      ...writeBody(message),
      ...writeRiders(message.riders ?? {}),
    ]),
  )
}

/**
 * Reads a message. `MALFORMED`, `UNSUPPORTED_VERSION` for another version, `NOT_SUPPORTED` for an unknown kind,
 * `UNKNOWN_CRITICAL` for an unknown key from 0; unknown keys below 0 are ignored.
 */
export function decodeMessage(bytes: Uint8Array): Message {
  const fields = new Fields(decodeCbor(bytes), 'message')
  requireVersion(fields.uint(0), messageVersion, 'message')
  const body = readBody(fields.uint(1), fields)
  const riders = readRiders(fields)
  fields.end()
  return riders === undefined ? body : { ...body, riders }
}

function writeBody(message: MessageBody): readonly MessageField[] {
  switch (message.kind) {
    case 'activate':
      return writeActivate(message)
    case 'grant':
      return writeGrant(message)
    case 'released':
      return writeReleased(message)
    case 'challenge':
      return writeChallenge(message)
    case 'release':
      return writeRelease(message)
    case 'host-information-query':
    case 'revocation-list-query':
      return []
    case 'host-information':
      return writeHostInformation(message)
    case 'confirmation-request':
      return writeConfirmationRequest(message)
    case 'confirmation-pick-up':
      return writeConfirmationPickUp(message)
    case 'confirmation':
      return writeConfirmation(message)
    case 'refusal':
      return writeRefusal(message)
    case 'revocation-list':
      return writeRevocationList(message)
    case 'activate-host':
      return writeActivateHost(message)
    case 'host-activated':
      return writeHostActivated(message)
    case 'renew-host':
      return writeRenewHost(message)
    case 'host-renewed':
      return writeHostRenewed(message)
  }
}

const readers: ReadonlyMap<number, (fields: Fields) => MessageBody> = new Map<number, (fields: Fields) => MessageBody>([
  [messageKinds.activate, readActivate],
  [messageKinds.grant, readGrant],
  [messageKinds.challenge, readChallenge],
  [messageKinds.release, readRelease],
  [messageKinds.released, readReleased],
  [messageKinds['host-information-query'], () => ({ kind: 'host-information-query' })],
  [messageKinds['host-information'], readHostInformation],
  [messageKinds['confirmation-request'], readConfirmationRequest],
  [messageKinds['confirmation-pick-up'], readConfirmationPickUp],
  [messageKinds.confirmation, readConfirmation],
  [messageKinds.refusal, readRefusal],
  [messageKinds['revocation-list-query'], () => ({ kind: 'revocation-list-query' })],
  [messageKinds['revocation-list'], readRevocationList],
  [messageKinds['activate-host'], readActivateHost],
  [messageKinds['host-activated'], readHostActivated],
  [messageKinds['renew-host'], readRenewHost],
  [messageKinds['host-renewed'], readHostRenewed],
])

function readBody(kind: number, fields: Fields): MessageBody {
  const read = readers.get(kind)
  if (read !== undefined) return read(fields)
  throw new ActivationError('NOT_SUPPORTED', `messages of kind ${kind} are not known here`, { data: { kind } })
}
