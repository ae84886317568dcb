import { ActivationError } from '@volact/core/errors/activation-error'
import { decodeMessage, encodeMessage, type Message, type MessageBody } from '@volact/core/wire/message'
import { encodeMessageFile, parseMessageFile } from '@volact/core/wire/message-file'

/** Who answers hosts that ask by file. */
export interface FileAnswers {
  activateHost(message: Extract<Message, { kind: 'activate-host' }>, by: 'file'): Promise<MessageBody>
  renewHost(message: Extract<Message, { kind: 'renew-host' }>, by: 'file'): Promise<MessageBody>
}

/** The answers to a file of requests. */
export interface RespondedFile {
  readonly file: Uint8Array
  /** How many were answered with a certificate, and what was said to each of the others. */
  readonly granted: number
  readonly refused: readonly string[]
}

/** Answers every request of a message file (protocol.md §11.5); what cannot be answered gets a refusal in its place. */
export async function respondToFile(authority: FileAnswers, file: Uint8Array): Promise<RespondedFile> {
  const answers: MessageBody[] = []
  for (const bytes of parseMessageFile(file)) answers.push(await answer(authority, bytes))
  const refused = answers.flatMap((body) => (body.kind === 'refusal' ? [`${body.code}: ${body.text}`] : []))
  return { file: encodeMessageFile(answers.map(encodeMessage)), granted: answers.length - refused.length, refused }
}

async function answer(authority: FileAnswers, bytes: Uint8Array): Promise<MessageBody> {
  try {
    const message = decodeMessage(bytes)
    if (message.kind === 'activate-host') return await authority.activateHost(message, 'file')
    if (message.kind === 'renew-host') return await authority.renewHost(message, 'file')
    const text = `a message of kind "${message.kind}" is not for an authority`
    return { kind: 'refusal', code: 'NOT_SUPPORTED', text }
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    return { kind: 'refusal', code: error.code, text: error.message }
  }
}
