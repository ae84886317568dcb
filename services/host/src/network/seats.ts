import type { Socket } from 'node:net'
import type { NetworkLimits } from './limits.ts'
import { PaceByAddress } from './pace-by-address.ts'
import { type Addressed, PlacesByAddress } from './places-by-address.ts'

/** By what a connection is known below and above TLS. */
type Ends = Pick<Socket, 'localAddress' | 'remoteAddress' | 'remotePort'>

interface Seat extends Addressed {
  readonly socket: Socket
  /** What is owed to it at present. */
  owed: number
}

/**
 * The connections of a listener that is no server of frames, or not yet: as many as may be, as `OpenConnections` has it for those. For one
 * more, the oldest to which nothing is owed makes room, so that who only holds connections keeps nobody out.
 */
export class Seats {
  readonly #limits: Pick<NetworkLimits, 'connections'>
  readonly #places: PlacesByAddress
  readonly #pace: PaceByAddress
  readonly #open = new Set<Seat>()
  readonly #byEnds = new Map<string, Seat>()

  constructor(limits: Pick<NetworkLimits, 'connections' | 'perAddress' | 'newPerSecond'>) {
    this.#limits = limits
    this.#places = new PlacesByAddress(limits.perAddress)
    this.#pace = new PaceByAddress(limits.newPerSecond)
  }

  get size(): number {
    return this.#open.size
  }

  /** Gives a fresh connection its seat; one too many is closed at once, and then it is none. */
  take(socket: Socket): boolean {
    const seat = { socket, address: socket.remoteAddress ?? '', owed: 0 }
    if (!this.#isWelcome(seat)) {
      socket.on('error', () => undefined).destroy()
      return false
    }
    const ends = endsOf(socket)
    this.#open.add(seat)
    this.#places.add(seat)
    this.#byEnds.set(ends, seat)
    socket.once('close', () => {
      this.#leave(seat, ends)
    })
    return true
  }

  /** Keeps a connection, or what is spoken over it, from making room until the function is called that this gives. */
  owe(stream: Ends): () => void {
    const seat = this.#byEnds.get(endsOf(stream))
    if (seat === undefined) return () => undefined
    seat.owed += 1
    return () => {
      seat.owed -= 1
    }
  }

  /** Looks after a connection no more. */
  release(stream: Ends): void {
    const ends = endsOf(stream)
    const seat = this.#byEnds.get(ends)
    if (seat !== undefined) this.#leave(seat, ends)
  }

  /** Cuts everybody off to whom nothing is owed. */
  clear(): void {
    for (const { socket, owed } of this.#open) if (owed === 0) socket.destroy()
  }

  #isWelcome(seat: Seat): boolean {
    if (!this.#pace.isInTime(seat, performance.now())) return false
    if (!this.#places.hasPlace(seat, this.#open)) return false
    return this.#open.size < this.#limits.connections || this.#makeRoom()
  }

  #makeRoom(): boolean {
    for (const seat of this.#open) {
      if (seat.owed > 0) continue
      seat.socket.destroy()
      this.#leave(seat, undefined)
      return true
    }
    return false
  }

  #leave(seat: Seat, ends: string | undefined): void {
    if (this.#open.delete(seat)) this.#places.remove(seat, this.#open.size)
    if (ends !== undefined && this.#byEnds.get(ends) === seat) this.#byEnds.delete(ends)
  }
}

function endsOf({ localAddress, remoteAddress, remotePort }: Ends): string {
  return `${localAddress ?? ''} ${remoteAddress ?? ''} ${remotePort ?? 0}`
}
