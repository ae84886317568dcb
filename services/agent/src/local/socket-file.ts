import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  type Stats,
} from 'node:fs'
import { connect, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import { unprotectedPart } from '@volact/client/vendors/protected-folder'
import { ActivationError } from '@volact/core/errors/activation-error'
import { fileError, systemCode } from '@volact/files/file-error'
import { makeFolders } from '@volact/files/make-folders'

/** Who may open a socket. */
export interface SocketAccess {
  readonly mode: 0o600 | 0o660
  /** The group it belongs to; that of the process where nothing is given. */
  readonly gid?: number
}

/** A socket that a server listens on. */
export interface SocketFile {
  readonly path: string
  /** Removes it, unless another has been put in its place. */
  remove(): void
}

/** The longest path of a Unix socket that every platform takes, in bytes (macOS: 104 with the final zero). */
const longestSocketPath = 103

/**
 * Lets a server listen on a path. The socket is made in a private folder beside it and comes to its name only when its rights are
 * set, so that there is no moment in which others could connect; what a killed agent left there is replaced by that, too.
 * `FOLDER_IN_USE` when somebody listens there, `FILE_EXISTS` when it is no socket, `USAGE` for too long a path, `ACCESS_DENIED` for
 * root in a folder that others could change.
 *
 * On Windows the path is that of a named pipe, whose rights are those that Node gives it. Untested there.
 */
export async function listenOn(server: Server, path: string, access: SocketAccess): Promise<SocketFile> {
  if (process.platform === 'win32') return listenOnPipe(server, path, access)
  requireShort(path)
  await requireFree(path)
  try {
    makeOpenFolder(dirname(path))
    requireOwn(path)
    return await putInPlace(server, path, access)
  } catch (error) {
    // A server that listens keeps its process from ending.
    server.close()
    throw fileError(error, 'write', path)
  }
}

/** Whoever is in the group must get through, whatever umask the administrator has. */
function makeOpenFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return
  makeFolders(folder, 0o755)
  chmodSync(folder, 0o755)
}

/** Who may rename in the folder could lead what root does to the fresh socket to a file of root's, and put another in its place. */
function requireOwn(path: string): void {
  const part = process.geteuid?.() === 0 ? unprotectedPart(realpathSync(dirname(path))) : undefined
  if (part === undefined) return
  throw new ActivationError(
    'ACCESS_DENIED',
    `${part}: name a socket in a folder that only root can change, not ${path}`,
  )
}

async function putInPlace(server: Server, path: string, { mode, gid }: SocketAccess): Promise<SocketFile> {
  const nursery = mkdtempSync(join(dirname(path), '.a-'))
  try {
    const fresh = join(nursery, 's')
    await listen(server, { path: fresh })
    if (gid !== undefined) chownSync(fresh, process.getuid?.() ?? 0, gid)
    chmodSync(fresh, mode)
    const own = lstatSync(fresh)
    renameSync(fresh, path)
    const remove = (): void => {
      removeOwn(path, own)
    }
    return { path, remove }
  } finally {
    rmSync(nursery, { recursive: true, force: true })
  }
}

async function listenOnPipe(server: Server, path: string, { mode }: SocketAccess): Promise<SocketFile> {
  const isForOthers = mode === 0o660
  await listen(server, { path, readableAll: isForOthers, writableAll: isForOthers })
  return { path, remove: () => undefined }
}

function listen(server: Server, where: Parameters<Server['listen']>[0]): Promise<undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  // The listener stays: an error without one (too many open files) would end the program.
  server.on('error', reject)
  server.listen(where, () => {
    resolve(undefined)
  })
  return promise
}

async function requireFree(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) throw new ActivationError('FILE_EXISTS', `${path} is no socket: name another path for it`)
  if (await answers(path)) {
    throw new ActivationError('FOLDER_IN_USE', `another agent listens on ${path}: stop it, or name another socket`)
  }
}

/** Whether somebody listens: of a killed process only the file is left, and the system refuses the connection. */
function answers(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(path)
  socket.once('connect', () => {
    resolve(true)
  })
  socket.once('error', (error) => {
    // A queue that is full (EAGAIN) is somebody's.
    resolve(!['ECONNREFUSED', 'ENOENT'].includes(systemCode(error) ?? ''))
  })
  return promise.finally(() => socket.destroy())
}

/** Also of the one in the nursery, whose names are short. */
function requireShort(path: string): void {
  const lengths = [path, join(dirname(path), '.a-XXXXXX', 's')].map((one) => Buffer.byteLength(one))
  if (Math.max(...lengths) <= longestSocketPath) return
  throw new ActivationError('USAGE', `the path ${path} is too long for a socket: name a shorter one with --socket`)
}

function removeOwn(path: string, own: Stats): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found?.ino === own.ino && found.dev === own.dev) rmSync(path, { force: true })
}
