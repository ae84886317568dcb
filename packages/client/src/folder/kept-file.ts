import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { decodeUtf8, utf8 } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { ErrorCode } from '@volact/core/errors/table'
import { syncFolder, writeDurably } from '@volact/files/durable'
import { fileError } from '@volact/files/file-error'
import { readLimited } from '@volact/files/read-limited'

/** Takes a sentence that a person should read, about something that could not be used. */
export type Note = (text: string) => void

/** What is read, and how; `what` names it for a person, such as "the lease". */
export interface KeptFile<T> {
  readonly path: string
  readonly maxBytes: number
  readonly what: string
  readonly parse: (bytes: Uint8Array) => T
}

/** What became of a file: of one that is damaged nothing can be used, one that is only unreadable may be whole. */
export type Found<T> =
  | { readonly kind: 'missing' }
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'damaged' | 'unreadable'; readonly problem: string }

/** Looks at a file that can be had again: a product must open whatever the disk has done to its license. */
export function inspect<T>({ path, maxBytes, what, parse }: KeptFile<T>): Found<T> {
  try {
    return { kind: 'read', value: parse(readLimited(path, maxBytes, what)) }
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    if (error.code === 'FILE_MISSING') return { kind: 'missing' }
    return { kind: unreadable.has(error.code) ? 'unreadable' : 'damaged', problem: error.message }
  }
}

const unreadable: ReadonlySet<ErrorCode> = new Set(['ACCESS_DENIED', 'DISK_FAILED'])

/** Reads a file that can be had again. One that is missing gives nothing; one that is of no use nothing, and a note. */
export function readKept<T>(file: KeptFile<T>, note: Note): T | undefined {
  const found = inspect(file)
  if (found.kind === 'read') return found.value
  if (found.kind !== 'missing') note(`${file.what} ${file.path} is ignored: ${found.problem}`)
  return undefined
}

/** Writes a file durably, and first the folder it lies in where that is missing. */
export function writeKept(path: string, bytes: Uint8Array): void {
  const folder = dirname(path)
  try {
    if (!existsSync(folder)) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      syncFolder(dirname(folder))
    }
  } catch (error) {
    throw fileError(error, 'write', folder)
  }
  writeDurably(path, bytes)
}

/** Removes a file for good; one that is not there is as well. */
export function removeKept(path: string): void {
  if (!existsSync(path)) return
  try {
    rmSync(path, { recursive: true, force: true })
    syncFolder(dirname(path))
  } catch (error) {
    throw fileError(error, 'write', path)
  }
}

/** Writes a JSON file durably. */
export function writeJson(path: string, value: object): void {
  writeKept(path, utf8(`${JSON.stringify(value, undefined, 2)}\n`))
}

/** Reads the fields of a JSON object; `MALFORMED` for anything else. */
export function parseJsonObject(bytes: Uint8Array): ReadonlyMap<string, unknown> {
  const value = parseJson(decodeUtf8(bytes) ?? '')
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value))
  throw new ActivationError('MALFORMED', 'it holds no JSON object')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Takes notes where nobody reads them: the same is noted again by the next status, which does show it. */
export const silent: Note = () => undefined
