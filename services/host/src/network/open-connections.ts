import { Backlog } from './backlog.ts'
import { Connection, type ConnectionOptions, type ConnectionSocket, type ConnectionSurroundings } from './connection.ts'
import { PaceByAddress } from './pace-by-address.ts'
import { PlacesByAddress } from './places-by-address.ts'

/** How often at the least who is too slow is looked for, in milliseconds; and in how many steps the shortest limit is measured. */
const coarsest = 1_000
const stepsOfShortest = 4

/** Which part of all connections is closed together to make room, so that looking for them costs each arrival next to nothing. */
const roomMadeAtOnce = 1 / 64

/**
 * The connections that are open. One timer serves all of them: their time goes in steps, and each that is too slow is cut off at the step
 * behind its limit. A timer for each would cost more than the rest of a connection. When there are as many as may be, those that have
 * been open for longest without a question make room: who only holds connections keeps nobody out.
 */
export class OpenConnections {
  readonly #options: ConnectionOptions
  readonly #backlog: Backlog
  readonly #surroundings: ConnectionSurroundings
  readonly #places: PlacesByAddress
  readonly #pace: PaceByAddress
  /** In the order in which they came. */
  readonly #open = new Set<Connection>()
  readonly #timer: NodeJS.Timeout
  readonly #stepLength: number
  readonly #begun = performance.now()
  #now = 0
  #turnedAway = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
    const { firstByte, frame, farewell, waitingBytes, perAddress, newPerSecond } = options.limits
    this.#backlog = new Backlog(waitingBytes)
    this.#surroundings = { time: this.#time, backlog: this.#backlog, relieve: this.#relieve }
    this.#places = new PlacesByAddress(perAddress)
    this.#pace = new PaceByAddress(newPerSecond)
    this.#stepLength = Math.min(coarsest, Math.ceil(Math.min(firstByte, frame, farewell) / stepsOfShortest))
    this.#timer = setInterval(() => {
      this.#step(performance.now() - this.#begun)
    }, this.#stepLength)
  }

  /** Number of connections. */
  get size(): number {
    return this.#open.size
  }

  /** Bytes that wait for an answer, or for being read. */
  get waitingBytes(): number {
    return this.#backlog.bytes
  }

  /** How many connections were closed at once, or to make room. */
  get turnedAway(): number {
    return this.#turnedAway
  }

  /** Serves a connection until it is closed; one too many is closed at once. */
  add(socket: ConnectionSocket): void {
    this.#options.arrived?.()
    if (!this.#isWelcome(socket)) {
      this.#turnedAway += 1
      socket.on('error', () => undefined)
      socket.destroy()
      return
    }
    const connection = new Connection(socket, this.#options, this.#surroundings)
    this.#open.add(connection)
    this.#places.add(connection)
    socket.on('close', () => {
      connection.leave()
      this.#leave(connection)
    })
  }

  /** Lets each have what it is owed, and no more. */
  farewell(): void {
    for (const connection of this.#open) connection.close()
  }

  /** Looks for nobody any more. */
  close(): void {
    clearInterval(this.#timer)
  }

  /** The end of the present step, so that nobody is cut off before his time. */
  readonly #time = (): number => this.#now + this.#stepLength

  #isWelcome(socket: ConnectionSocket): boolean {
    const arrival = {
      get address() {
        return socket.remoteAddress ?? ''
      },
    }
    if (!this.#pace.isInTime(arrival, this.#now)) return false
    if (!this.#places.hasPlace(arrival, this.#open)) return false
    if (this.#open.size >= this.#options.limits.connections) this.#makeRoom()
    return this.#open.size < this.#options.limits.connections
  }

  readonly #relieve = (): void => {
    let most: Connection | undefined
    for (const connection of this.#open) {
      if (connection.isIdle && connection.held > (most?.held ?? 0)) most = connection
    }
    most?.cutOff()
  }

  #makeRoom(): void {
    let wanted = Math.max(1, Math.floor(this.#options.limits.connections * roomMadeAtOnce))
    for (const connection of this.#open) {
      if (wanted === 0) return
      if (!connection.isIdle) continue
      connection.cutOff()
      this.#leave(connection)
      this.#turnedAway += 1
      wanted -= 1
    }
  }

  #leave(connection: Connection): void {
    if (this.#open.delete(connection)) this.#places.remove(connection, this.#open.size)
  }

  #step(now: number): void {
    this.#now = now
    for (const connection of this.#open) connection.expire(now)
  }
}
