import { rmSync } from 'node:fs'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectArray, expectBytes, expectUint } from '@volact/core/cbor/expect'
import { openContainer } from '@volact/core/document/container'
import { type OpenedRequest, openRequest } from '@volact/core/document/request'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { ActivateMessage } from '@volact/core/wire/activation-messages'
import { decodeMessage } from '@volact/core/wire/message'
import { type ClientFiles, fileLimits, pendingFile } from './client-files.ts'
import { type Note, readKept, writeKept } from './kept-file.ts'

/** A request that was sent, or is about to be, and has no answer yet (rule 14). */
export interface PendingRequest {
  /** How often it was sent, the try included that is under way. */
  readonly tries: number
  /** The whole message, as it goes into the frame. */
  readonly bytes: Uint8Array
  readonly message: ActivateMessage
  /** What the message asks for. */
  readonly opened: OpenedRequest
}

/** How often a request is sent before it is given up (rule 14). */
export const mostTries = 3

const form = { name: 'volact-pending', version: 1, what: 'open request' }

/** Reads the open request for a product. A damaged one is given up, as any is whose bytes are not known. */
export function readPending(files: ClientFiles, activationId: string, note: Note): PendingRequest | undefined {
  const path = pendingFile(files, activationId)
  return readKept({ path, maxBytes: fileLimits.pending, what: 'the open request', parse: parsePending }, note)
}

/** Writes the whole request durably; only then it may be sent (rule 14). */
export function writePending(files: ClientFiles, activationId: string, { tries, bytes }: PendingRequest): void {
  writeKept(pendingFile(files, activationId), encodeCbor([form.name, form.version, [tries, bytes]]))
}

/** Forgets the request once it is answered. Not durably: one that comes back in a crash is only sent once more. */
export function removePending(files: ClientFiles, activationId: string): void {
  rmSync(pendingFile(files, activationId), { force: true })
}

/** Reads the file of an open request, whose signature is checked. */
export function parsePending(file: Uint8Array): PendingRequest {
  const [tries = null, bytes = null] = expectArray(openContainer(file, form), form.what, 2)
  return { tries: expectUint(tries, `${form.what}: tries`), ...openSent(expectBytes(bytes, `${form.what}: message`)) }
}

/** Its signature is checked: the file may be another machine's, or have been altered. */
function openSent(bytes: Uint8Array): Omit<PendingRequest, 'tries'> {
  const message = decodeMessage(bytes)
  if (message.kind === 'activate') return { bytes, message, opened: openRequest(message.request) }
  throw new ActivationError('MALFORMED', `a message of kind "${message.kind}" is no request`)
}
