import { join } from 'node:path'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectBytes } from '@volact/core/cbor/expect'
import { openContainer } from '@volact/core/document/container'
import { openFileRequest } from '@volact/core/document/file-request'
import type { OpenedRequest } from '@volact/core/document/request'
import type { ClientFiles } from './client-files.ts'
import { type Note, readKept, removeKept, writeKept } from './kept-file.ts'

/** A request that was written into a file, and has no answer yet (rule 46). */
export interface OpenFileRequest {
  readonly bytes: Uint8Array
  readonly opened: OpenedRequest
}

const form = { name: 'volact-open-file-request', version: 1, what: 'open file request' }
const maxBytes = 8_192

/** Reads the open file request for a product. One whose signature does not hold is none. */
export function readFileRequest(files: ClientFiles, activationId: string, note: Note): OpenFileRequest | undefined {
  return readKept({ path: pathOf(files, activationId), maxBytes, what: form.what, parse }, note)
}

/** Writes it durably, before the file leaves: only what is open is answered (rule 46). A newer one takes its place. */
export function writeFileRequest(files: ClientFiles, activationId: string, bytes: Uint8Array): void {
  writeKept(pathOf(files, activationId), encodeCbor([form.name, form.version, bytes]))
}

/** Closes the request for good: its answer is taken once. */
export function removeFileRequest(files: ClientFiles, activationId: string): void {
  removeKept(pathOf(files, activationId))
}

function pathOf({ pending }: ClientFiles, activationId: string): string {
  return join(pending, `${activationId}.file`)
}

function parse(file: Uint8Array): OpenFileRequest {
  const bytes = expectBytes(openContainer(file, form), form.what)
  return { bytes, opened: openFileRequest(bytes) }
}
