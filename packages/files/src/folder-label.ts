import { statSync } from 'node:fs'
import { join } from 'node:path'
import { decodeUtf8, utf8 } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { writeDurably } from './durable.ts'
import { readLimited } from './read-limited.ts'
import { productName } from '@volact/core/product-name'

/** Who keeps a data folder. */
export type Role = 'authority' | 'host' | 'client' | 'lab'

/** What `volact.json` says of its folder. The role is any text, because a later version may know more roles. */
export interface FolderLabel {
  readonly role: string
  readonly format: number
}

const fileName = `${productName}.json`
const maxBytes = 4_096

/** Reads the label of a folder; nothing where there is none. Throws `FOLDER_DAMAGED`, or what the disk says. */
export function readLabel(folder: string): FolderLabel | undefined {
  const file = join(folder, fileName)
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined
  return parseLabel(readLimited(file, maxBytes, 'the label'), file)
}

/** Writes the label of a folder, durably. */
export function writeLabel(folder: string, label: FolderLabel): void {
  writeDurably(join(folder, fileName), utf8(`${JSON.stringify(label)}\n`))
}

/** Says whether an entry of a folder is its label, or one that is just being written. */
export function isOfLabel(name: string): boolean {
  return name === fileName || name.startsWith(`.${fileName}.`)
}

function parseLabel(bytes: Uint8Array, file: string): FolderLabel {
  const value = parseJson(decodeUtf8(bytes) ?? '')
  if (typeof value === 'object' && value !== null && 'role' in value && 'format' in value) {
    const { role, format } = value
    if (typeof role === 'string' && /^[a-z-]{1,32}$/.test(role) && isFormat(format)) return { role, format }
  }
  const message = `${file} is damaged: it must read like {"role":"host","format":1}; restore the folder from its last backup`
  throw new ActivationError('FOLDER_DAMAGED', message, { data: { path: file } })
}

function isFormat(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
