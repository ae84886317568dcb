import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdtempSync, readlinkSync, realpathSync, rmdirSync, rmSync, symlinkSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { describeError, type ErrorCode } from '@volact/core/errors/table'
import { fileError, systemCode } from './file-error.ts'

/** The most bytes of a question or an answer: a bundle of requests, or a report that lists a million machines. */
const messageLimit = 1 << 27
/** For how many milliseconds who asks may say nothing; and who answers, which may have a long ledger to read. */
const patience = { question: 30_000, answer: 900_000 } as const
/** The longest path of a Unix socket that every platform takes, in bytes (macOS: 104 with the final zero). */
const longestSocketPath = 103

/** A running service's ear for commands of the same owner. */
export interface ControlSocket {
  /** Stops listening and removes the socket. */
  close(): Promise<void>
}

/**
 * Answers commands through a socket in the folder that only its owner can reach (a named pipe on Windows). One JSON value comes in,
 * one goes out; a thrown `ActivationError` reaches the other side as itself. The caller holds the folder's lock, so that a socket
 * found there belongs to nobody.
 */
export async function serveControl(
  folder: string,
  handle: (question: unknown) => Promise<unknown>,
): Promise<ControlSocket> {
  const path = freshSocketPath(folder)
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    void converse(socket, handle)
  })
  await listen(server, path)
  if (process.platform !== 'win32') chmodSync(path, 0o600)
  return {
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
      removeSocket(folder)
    },
  }
}

/** Asks the service that runs on a folder. `undefined` when none does; throws the `ActivationError` that the service threw. */
export async function askControl(folder: string, question: unknown): Promise<{ readonly answer: unknown } | undefined> {
  const path = socketPath(folder)
  const socket = isConnectable(path) ? await reach(path) : undefined
  if (socket === undefined) return undefined
  socket.end(JSON.stringify(question))
  return parseAnswer(await readAll(socket, patience.answer))
}

async function converse(socket: Socket, handle: (question: unknown) => Promise<unknown>): Promise<void> {
  try {
    const question: unknown = JSON.parse(await readAll(socket, patience.question))
    socket.end(JSON.stringify({ answer: await handle(question) }))
  } catch (error) {
    if (socket.destroyed) return // Whoever asked has left.
    socket.end(JSON.stringify({ error: describe(error) }))
  }
}

function describe(error: unknown): object {
  const known = error instanceof ActivationError
  const message = error instanceof Error ? error.message : String(error)
  return known ? { code: error.code, message, attempts: error.attempts, data: error.data } : { message }
}

function parseAnswer(text: string): { readonly answer: unknown } {
  if (text === '')
    throw new ActivationError('FOLDER_IN_USE', 'the running service stopped before it answered: try again')
  const { answer, error } = JSON.parse(text) as { answer?: unknown; error?: ReportedError }
  if (error === undefined) return { answer }
  if (error.code === undefined || describeError(error.code) === undefined) throw new Error(error.message)
  throw new ActivationError(error.code, error.message, { attempts: error.attempts ?? [], data: error.data ?? {} })
}

interface ReportedError {
  readonly code?: ErrorCode
  readonly message: string
  readonly attempts?: ActivationError['attempts']
  readonly data?: ActivationError['data']
}

function readAll(socket: Socket, milliseconds: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const chunks: Buffer[] = []
  let size = 0
  socket.setTimeout(milliseconds, () => socket.destroy(new Error('the other side of the control socket says nothing')))
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    size += chunk.length
    if (size > messageLimit) socket.destroy(new Error(`more than ${String(messageLimit)} bytes on the control socket`))
  })
  socket.once('end', () => {
    resolve(Buffer.concat(chunks).toString('utf8'))
  })
  socket.once('error', reject)
  return promise
}

function reach(path: string): Promise<Socket | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket | undefined>()
  const socket = connect(path)
  const failed = (error: Error): void => {
    // Nothing there, or what a killed service left behind.
    if (['ENOENT', 'ECONNREFUSED'].includes(systemCode(error) ?? '')) resolve(undefined)
    else reject(fileError(error, 'read', path))
  }
  socket.once('error', failed)
  socket.once('connect', () => {
    socket.off('error', failed)
    resolve(socket)
  })
  return promise
}

async function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  // The listener stays: an error without one (too many open files) would end the program.
  server.on('error', reject)
  server.listen(path, () => {
    resolve(undefined)
  })
  await promise.catch((error: unknown) => {
    throw fileError(error, 'write', path)
  })
}

function freshSocketPath(folder: string): string {
  removeSocket(folder)
  const near = nearPath(folder)
  if (isConnectable(near)) return near
  // Too long a path for a socket: it lies in a private temporary folder, and a link in ours says where.
  const far = join(mkdtempSync(join(tmpdir(), 'volact-')), 'control.sock')
  symlinkSync(far, near)
  return far
}

function socketPath(folder: string): string {
  const near = nearPath(folder)
  return isLink(near) ? readlinkSync(near) : near
}

function nearPath(folder: string): string {
  if (process.platform !== 'win32') return join(folder, 'control.sock')
  return `\\\\.\\pipe\\volact-${createHash('sha256').update(realpathSync(folder)).digest('hex')}`
}

function isConnectable(path: string): boolean {
  return process.platform === 'win32' || Buffer.byteLength(path) <= longestSocketPath
}

function removeSocket(folder: string): void {
  if (process.platform === 'win32') return
  const near = nearPath(folder)
  if (isLink(near)) removeFar(readlinkSync(near))
  rmSync(near, { force: true })
}

/** Nothing but a socket in a folder of its own is removed: whoever may write into the folder may have laid the link elsewhere. */
function removeFar(far: string): void {
  try {
    if (lstatSync(far).isSocket()) rmSync(far)
    rmdirSync(dirname(far))
  } catch {
    // It is gone already, or is none of ours.
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}
