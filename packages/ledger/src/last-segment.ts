import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { damaged } from './damage.ts'
import { segmentNumbers } from './details-log.ts'
import type { LedgerFiles } from './ledger-files.ts'
import { readAt } from './read-at.ts'
import { checkHeader, headerLength } from './record.ts'

/** Finds the newest segment. One that is no longer than a header, and is none, was just being begun: it has never held a batch. */
export function lastSegment(files: LedgerFiles, notes: string[]): number {
  const folder = dirname(files.segment('entries', 0))
  const numbers = segmentNumbers(folder)
  const gap = numbers.findIndex((number, place) => number !== place)
  if (numbers.length === 0 || gap >= 0)
    throw damaged({ path: files.segment('entries', Math.max(0, gap)) }, 'it is missing')
  const last = numbers.length - 1
  const path = files.segment('entries', last)
  const { size } = statSync(path)
  if (last === 0 || size > headerLength || isHeader(path, last)) return last
  rmSync(path)
  notes.push(`${path}: removed the ${size} bytes of a segment that a crash left unfinished`)
  return last - 1
}

/** A power cut may leave its length without its bytes. */
function isHeader(path: string, segment: number): boolean {
  const descriptor = openSync(path, 'r')
  try {
    checkHeader(readAt(descriptor, 0, headerLength), 'entries', segment, path)
    return true
  } catch (error) {
    if (error instanceof ActivationError && error.code === 'LEDGER_DAMAGED') return false
    throw error
  } finally {
    closeSync(descriptor)
  }
}
