import { closeSync, constants, type Dirent, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { fileError } from '@volact/files/file-error'
import { type BackupPart, pieceLength } from './backup-format.ts'

/** A file that had become shorter when it was read: somebody has rewritten it meanwhile. */
export class Shrunk extends Error {}

/**
 * Lists what of a host's folder goes into a backup, in the order in which it has to be read beside a running host: of a ledger first the
 * signed head and last the entries, which only grow, so that the head never covers more than was read. Throws `NOT_A_FILE` for a link: what
 * it leads to would be missing, or be a file that only who takes the backup may read.
 */
export function backupFiles(dir: string): readonly string[] {
  return listed(dir)
    .flatMap((entry) => {
      const path = relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/')
      if (isLeftOut(path)) return []
      if (entry.isSymbolicLink()) throw link(join(dir, path))
      return entry.isFile() ? [path] : []
    })
    .toSorted((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
}

/** Gives a file as the parts of a backup, with as many bytes as it has when it is opened: those of a running host grow. */
export function* partsOf(dir: string, path: string): Generator<BackupPart> {
  const full = join(dir, path)
  const descriptor = openFile(full)
  try {
    const { size, mode } = fstatSync(descriptor)
    yield { kind: 'file', path, mode: mode & 0o777, size }
    for (let done = 0; done < size;) {
      const piece = new Uint8Array(Math.min(pieceLength, size - done))
      const count = readSync(descriptor, piece, 0, piece.length, done)
      if (count === 0) throw new Shrunk(`${full} has become shorter while it was read`)
      done += count
      yield { kind: 'piece', bytes: piece.subarray(0, count) }
    }
  } finally {
    closeSync(descriptor)
  }
}

/** Names the segments that nothing is added to any more, with the time of their last change: only erasing changes them. */
export function closedSegments(dir: string): ReadonlyMap<string, number> {
  const segments = backupFiles(dir).filter((path) => /^vendors\/[^/]+\/ledger\/(?:entries|details)\/[^/]+$/.test(path))
  const closed = segments.filter((path, place) => dirname(path) === dirname(segments[place + 1] ?? ''))
  return new Map(closed.map((path) => [path, changedAt(dir, path)]))
}

/** Says whether these segments are as they were. */
export function areUnchanged(dir: string, segments: ReadonlyMap<string, number>): boolean {
  return [...segments].every(([path, at]) => changedAt(dir, path) === at)
}

/** How many bytes there are, for who waits. */
export function sizeOf(dir: string, paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + (statSync(join(dir, path), { throwIfNoEntry: false })?.size ?? 0), 0)
}

function changedAt(dir: string, path: string): number {
  return statSync(join(dir, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function listed(dir: string): readonly Dirent[] {
  try {
    return readdirSync(dir, { recursive: true, withFileTypes: true })
  } catch (error) {
    throw fileError(error, 'read', dir)
  }
}

/** What belongs to the process that holds the folder, what is made again from the ledger, and what was being written. */
function isLeftOut(path: string): boolean {
  return (
    /^(?:lock|index\.db[^/]*|control\.sock|last-backup|\.can-record)(?:\/|$)/.test(path) ||
    // A spare that is being made has a key of its own, which is on no other machine.
    /^vendors\/[^/]+\/spare(?:\/|$)/.test(path) ||
    /^vendors\/[^/]+\/ledger[^/]*\/(?:tree|tlog|heads)(?:\/|$)/.test(path) ||
    /(?:^|\/)\.[^/]*\.tmp$/.test(path)
  )
}

function rankOf(path: string): number {
  const inLedger = /^vendors\/[^/]+\/ledger[^/]*\/(.*)$/.exec(path)?.[1]
  if (inLedger === undefined) return 0
  if (inLedger.startsWith('head.')) return 1
  return inLedger.startsWith('entries') ? 3 : 2
}

function openFile(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch (error) {
    throw fileError(error, 'read', path)
  }
}

function link(path: string): ActivationError {
  const message = `${path} is a link, and a backup has none: put the file itself there, or remove the link`
  return new ActivationError('NOT_A_FILE', message, { data: { path } })
}
