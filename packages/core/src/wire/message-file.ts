import { encodeCbor } from '../cbor/encode.ts'
import { expectArray, expectBytes } from '../cbor/expect.ts'
import { openContainer } from '../document/container.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { messageFileLimit } from './limits.ts'
import { fileMark } from '../product-name.ts'

/** The first value of every message file. */
export const messageFileMark: string = fileMark('messages')

const version = 1

/** Puts one message or a bundle of them into a file (protocol.md §11.5). */
export function encodeMessageFile(messages: readonly Uint8Array[]): Uint8Array {
  if (messages.length === 0 || messages.length > messageFileLimit)
    throw new Error(`${messages.length} messages in a file`)
  return encodeCbor([messageFileMark, version, messages])
}

/** Takes the messages out of a file; each is decoded by itself. `MALFORMED`, `UNSUPPORTED_VERSION` or `TOO_LARGE`. */
export function parseMessageFile(bytes: Uint8Array): readonly Uint8Array[] {
  const what = 'message file'
  const messages = expectArray(openContainer(bytes, { name: messageFileMark, version, what }), what)
  if (messages.length === 0) throw new ActivationError('MALFORMED', 'the message file holds no message')
  if (messages.length > messageFileLimit) {
    throw new ActivationError(
      'TOO_LARGE',
      `a message file of ${messages.length}; at most ${messageFileLimit} are allowed`,
    )
  }
  return messages.map((message) => expectBytes(message, `${what}: message`))
}
