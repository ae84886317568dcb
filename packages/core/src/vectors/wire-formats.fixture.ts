import { FrameReader } from '../wire/frame.ts'
import { encodeMessageFile, parseMessageFile } from '../wire/message-file.ts'
import { decodeMessage, encodeMessage } from '../wire/message.ts'
import type { Message } from '../wire/message.ts'
import { bytesIn, numberIn } from './vector-format.fixture.ts'
import type { VectorFormat } from './vector-format.fixture.ts'

/** What is said over the wire, by the names of the files. */
export const wireFormats: Readonly<Record<string, VectorFormat>> = {
  message: {
    open: (input) => decodeMessage(bytesIn(input, 'bytes')),
    write: (output) => encodeMessage(output as unknown as Message),
  },
  'message-file': {
    open: (input) => ({ messages: parseMessageFile(bytesIn(input, 'bytes')) }),
    write: ({ messages }) => encodeMessageFile(messages as readonly Uint8Array[]),
  },
  frame: {
    open: (input) => {
      const reader = new FrameReader(numberIn(input, 'limit'))
      const messages = (input['pieces'] as readonly Uint8Array[]).flatMap((piece) => reader.push(piece))
      return { messages, isInside: reader.isInside }
    },
  },
}
