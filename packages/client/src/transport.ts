import type { LookupAddress } from 'node:dns'
import { connect, isIPv6, type LookupFunction, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { ActivationError, type Attempt } from '@volact/core/errors/activation-error'
import { encodeFrame, FrameReader } from '@volact/core/wire/frame'
import { answerLimit } from '@volact/core/wire/limits'
import { systemCode } from '@volact/files/file-error'
import { formatHostAddress, type HostAddress } from './host-address.ts'
import { post } from './web/https-exchange.ts'
import { secure } from './web/secure.ts'
import { throughProxy } from './web/through-proxy.ts'
import { proxyFor, type WebSettings } from './web/web-settings.ts'

/** How long a client waits, how much it reads, and how it gets through the web. */
export interface TransportLimits {
  /** Until the connection stands, the resolution of the name included. */
  readonly connectMilliseconds: number
  /** Until the whole answer is there: one that trickles in is no better than none. */
  readonly answerMilliseconds: number
  /** The longest answer, in bytes (rule 41). */
  readonly answerBytes: number
  /** How hosts are reached under TLS or over HTTPS. */
  readonly web?: WebSettings
  /** Until another program of this machine has had its answer; 10 s where nobody says otherwise. */
  readonly turnMilliseconds?: number
}

/** The limits where nobody says otherwise. */
export const transportLimits: TransportLimits = {
  connectMilliseconds: 10_000,
  answerMilliseconds: 30_000,
  answerBytes: answerLimit,
}

/** How one message gets to a host. */
export interface Route {
  /** Gives up when it aborts, with its reason. */
  readonly signal?: AbortSignal
  /** The addresses of the host's name, where somebody has resolved it; else the operating system is asked. */
  readonly addresses?: readonly string[]
}

/**
 * Connects, sends one message, reads one, and closes (protocol.md §11.1). `HOST_UNREACHABLE` with an attempt for each address of
 * the name, `HOST_MUTE`, `FOREIGN_PROTOCOL`, `TOO_LARGE` or `MALFORMED`: whatever the other side does is one of these.
 */
export async function exchange(
  address: HostAddress,
  message: Uint8Array,
  limits: TransportLimits = transportLimits,
  { signal, addresses }: Route = {},
): Promise<Uint8Array> {
  signal?.throwIfAborted()
  const proxy = proxyFor(address, limits.web)
  const first = proxy ?? address
  const lookup = addresses === undefined || proxy !== undefined ? {} : { lookup: resolvedTo(addresses) }
  const socket = connect({ host: first.name, port: first.port, noDelay: true, ...lookup })
  const aborted = abortOf(signal)
  try {
    await Promise.race([connected(socket, first, limits), aborted.promise])
    return await Promise.race([converse(socket, address, message, limits), aborted.promise])
  } finally {
    aborted.forget()
    socket.destroy()
  }
}

/** Speaks with the host on a connection that stands, in the way that its address says. */
async function converse(
  socket: Socket,
  address: HostAddress,
  message: Uint8Array,
  limits: TransportLimits,
): Promise<Uint8Array> {
  if (address.via === undefined) return answerTo(encodeFrame(message), socket, address, limits)
  const stream = await inTime(socket, limits.connectMilliseconds, address, secureWay(socket, address, limits))
  if (address.via === 'tls') return answerTo(encodeFrame(message), stream, address, limits)
  const { answerMilliseconds, answerBytes } = limits
  const authority = formatHostAddress({ name: address.name, port: address.port })
  return inTime(socket, answerMilliseconds, address, post(stream, authority, message, answerBytes))
}

/** Goes through the proxy, if there is one, and on under TLS. */
async function secureWay(socket: Socket, address: HostAddress, { web }: TransportLimits): Promise<TLSSocket> {
  const ca = web?.ca
  const target = formatHostAddress({ name: address.name, port: address.port })
  const proxy = proxyFor(address, web)
  if (proxy === undefined) return secure(socket, { name: address.name, what: target, ca })
  const what = `the proxy ${proxy.name}:${String(proxy.port)}`
  const way = proxy.isSecure ? await secure(socket, { name: proxy.name, what, ca }) : socket
  await throughProxy(way, proxy, target)
  return secure(way, { name: address.name, what: target, ca })
}

/** Gives up on what takes too long. */
function inTime<T>(socket: Socket, milliseconds: number, address: HostAddress, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const message = `${formatHostAddress(address)} took the connection but gave no answer in ${String(milliseconds / 1_000)} s`
    reject(new ActivationError('HOST_MUTE', message))
  }, milliseconds)
  // Whoever loses the race fails when the connection is given up, and nobody is left to be told.
  promise.catch(() => undefined)
  return withoutTimer(Promise.race([promise, late]), timer, socket)
}

/** A promise that never resolves, and rejects when the signal aborts. */
function abortOf(signal: AbortSignal | undefined): { readonly promise: Promise<never>; readonly forget: () => void } {
  const { promise, reject } = Promise.withResolvers<never>()
  // Who races it takes the reason; an abort between two races must not end the program.
  promise.catch(() => undefined)
  const abort = (): void => {
    reject(signal?.reason)
  }
  signal?.addEventListener('abort', abort)
  return {
    promise,
    forget: () => {
      signal?.removeEventListener('abort', abort)
    },
  }
}

/** Answers every question for an address with those that are known. */
function resolvedTo(addresses: readonly string[]): LookupFunction {
  const found: LookupAddress[] = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
  return (_hostname, { all }, callback) => {
    const [first] = found
    if (first === undefined)
      callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND', syscall: 'lookup' }), [])
    else if (all === true) callback(null, found)
    else callback(null, first.address, first.family)
  }
}

function connected(socket: Socket, address: HostAddress, limits: TransportLimits): Promise<undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => {
    reject(unreachable(address, [{ target: formatHostAddress(address), ...silence }]))
  }, limits.connectMilliseconds)
  socket.once('connect', () => {
    resolve(undefined)
  })
  // The listener stays: an error without one would end the program.
  socket.on('error', (error) => {
    reject(unreachable(address, attemptsOf(error, formatHostAddress(address))))
  })
  return withoutTimer(promise, timer, socket)
}

function answerTo(
  frame: Uint8Array,
  socket: Socket,
  address: HostAddress,
  limits: TransportLimits,
): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  const reader = new FrameReader(limits.answerBytes)
  const mute = (how: string, cause?: Error): void => {
    const message = `${formatHostAddress(address)} took the connection but ${how}`
    reject(new ActivationError('HOST_MUTE', message, cause && { cause }))
  }
  const timer = setTimeout(() => {
    mute(`gave no whole answer in ${String(limits.answerMilliseconds / 1_000)} s`)
  }, limits.answerMilliseconds)
  socket.on('data', (piece) => {
    try {
      const [answer] = reader.push(piece)
      if (answer !== undefined) resolve(answer)
    } catch (error) {
      reject(error)
    }
  })
  socket.once('end', () => {
    mute(`closed it ${reader.isInside ? 'in the middle of its answer' : 'without an answer'}`)
  })
  socket.once('error', (error) => {
    mute(`broke it off (${systemCode(error) ?? error.message})`, error)
  })
  socket.write(frame)
  return withoutTimer(promise, timer, socket)
}

/** Stops the timer of a promise when that is settled, or when the socket is given up and it never will be. */
function withoutTimer<T>(promise: Promise<T>, timer: NodeJS.Timeout, socket: Socket): Promise<T> {
  const stop = (): void => {
    clearTimeout(timer)
  }
  socket.once('close', stop)
  return promise.finally(stop)
}

const silence = { code: 'HOST_UNREACHABLE', message: 'no answer: a firewall may be in the way' } as const

function unreachable(address: HostAddress, attempts: readonly Attempt[]): ActivationError {
  const reasons = attempts.map(({ target, message }) => `${target}: ${message}`).join('; ')
  return new ActivationError('HOST_UNREACHABLE', `cannot reach the host ${formatHostAddress(address)} (${reasons})`, {
    attempts,
  })
}

/** A name with several addresses fails with all their errors at once. */
function attemptsOf(error: Error, target: string): readonly Attempt[] {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error]
  return errors.map((one) => ({
    target: addressOf(one) ?? target,
    code: 'HOST_UNREACHABLE',
    message: reason(systemCode(one) ?? String(one)),
  }))
}

function addressOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('address' in error) || !('port' in error)) return undefined
  return formatHostAddress({ name: String(error.address), port: Number(error.port) })
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ECONNRESET: 'the connection was broken off',
  EAI_AGAIN: 'the name cannot be resolved at the moment: check the DNS server',
  EHOSTUNREACH: 'there is no way to that address',
  ENETUNREACH: 'there is no way to that network',
  ENOTFOUND: 'the name does not resolve: check it, and the DNS server',
  ETIMEDOUT: silence.message,
}

function reason(code: string): string {
  return reasons[code] ?? `the operating system says ${code}`
}
