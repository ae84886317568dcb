import type { Socket } from 'node:net'
import { createServer, type Server } from 'node:tls'
import type { TlsMode } from '../config/host-config.ts'
import type { ConnectionSocket } from '../network/connection.ts'
import type { Gate } from '../network/frame-server.ts'
import type { NetworkLimits } from '../network/limits.ts'
import { Seats } from '../network/seats.ts'
import type { TlsFiles } from './tls-files.ts'

/** What a client that speaks TLS begins with (RFC 8446 §5.1); a frame of ours begins with 0, as no request has 16 MiB. */
const handshake = 0x16

/** Lets connections to the activation port through TLS: all of them, or those that begin with it. */
export class TlsGate {
  readonly #mode: TlsMode
  readonly #limits: NetworkLimits
  readonly #server: Server
  /** Who has not yet said what he wants, or is at his handshake. */
  readonly #before: Seats
  #take: (stream: ConnectionSocket) => void = () => undefined

  constructor(mode: TlsMode, { cert, key }: TlsFiles, limits: NetworkLimits) {
    this.#mode = mode
    this.#limits = limits
    this.#before = new Seats(limits)
    const terms = { minVersion: 'TLSv1.2', handshakeTimeout: limits.firstByte, allowHalfOpen: true } as const
    this.#server = createServer({ cert, key, ...terms }, (stream) => {
      this.#before.release(stream)
      this.#take(stream)
    })
    this.#server.on('tlsClientError', (_, stream) => stream.destroy())
  }

  /** Takes another certificate for connections that come from now on. */
  use({ cert, key }: TlsFiles): void {
    this.#server.setSecureContext({ cert, key, minVersion: 'TLSv1.2' })
  }

  /** Hands a connection on to `take` when it is known to be what it has to be. */
  readonly pass: Gate = (socket, take) => {
    this.#take = take
    if (!this.#before.take(socket)) return
    if (this.#mode === 'required') this.#secure(socket)
    else this.#look(socket, take)
  }

  /** Cuts off who has not yet said what he wants. */
  close(): void {
    this.#before.clear()
  }

  #secure(socket: Socket): void {
    this.#server.emit('connection', socket)
  }

  #look(socket: Socket, take: (stream: ConnectionSocket) => void): void {
    const timer = setTimeout(() => socket.destroy(), this.#limits.firstByte)
    const fail = (): void => void socket.destroy()
    socket.on('error', fail)
    socket.once('close', () => {
      clearTimeout(timer)
    })
    socket.once('end', fail)
    socket.once('data', (first) => {
      clearTimeout(timer)
      socket.off('error', fail).off('end', fail)
      socket.pause()
      socket.unshift(first)
      if (first[0] === handshake) this.#secure(socket)
      else {
        this.#before.release(socket)
        take(socket)
        socket.resume()
      }
    })
  }
}
