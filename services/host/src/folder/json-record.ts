import { decodeUtf8, utf8 } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'
import { fileLimits } from './files.ts'

/** Reads a small JSON file of a data folder; `FOLDER_DAMAGED` when `parse` finds nothing in it. */
export function readRecord<T>(
  path: string,
  parse: (value: object) => T | undefined,
  maxBytes: number = fileLimits.record,
): T {
  const value = parseJson(decodeUtf8(readLimited(path, maxBytes, 'the record')) ?? '')
  const record = typeof value === 'object' && value !== null ? parse(value) : undefined
  if (record !== undefined) return record
  throw new ActivationError('FOLDER_DAMAGED', `${path} is damaged: restore the folder from its last backup`, {
    data: { path },
  })
}

/** Writes a small JSON file of a data folder, durably. */
export function writeRecord(path: string, record: object): void {
  writeDurably(path, utf8(`${JSON.stringify(record)}\n`))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
