import { existsSync } from 'node:fs'
import { decodeUtf8, utf8 } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { writeDurably } from '@volact/files/durable'
import { requireOwnFolder } from '@volact/files/own-folder'
import { readLimited } from '@volact/files/read-limited'
import { hostFiles } from '../folder/files.ts'

/** Remembers when a backup was taken. One that is taken by root of another account's folder, or from a disk that cannot be written, leaves no trace. */
export function noteBackup(dir: string, time: Instant): void {
  try {
    requireOwnFolder(dir)
    writeDurably(hostFiles(dir).lastBackup, utf8(`${time}\n`))
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
  }
}

/** When the last backup was taken; nothing where none is known. */
export function lastBackup(dir: string): Instant | undefined {
  const { lastBackup: path } = hostFiles(dir)
  if (!existsSync(path)) return undefined
  const text = decodeUtf8(readLimited(path, mostBytes, 'the note of the last backup')) ?? ''
  return /^\d{1,12}\n$/.test(text) ? Number(text) : undefined
}

const mostBytes = 64
