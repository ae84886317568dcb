/** What a server of the wire allows (rule 41). Times in milliseconds. */
export interface NetworkLimits {
  /** Connections at one time; for one more, those that have been idle for longest make room, or it is closed at once. */
  readonly connections: number
  /** Of one address, as far as addresses are told apart (IPv6: 64 bits); 0 for no limit. */
  readonly perAddress: number
  /** New connections of one address in a second; 0 for no limit: a whole site may stand behind one address. */
  readonly newPerSecond: number
  /** How long a connection may take for its first byte. */
  readonly firstByte: number
  /** How long it may take for a whole frame, however slowly that comes, and be idle after an answer. */
  readonly frame: number
  /** How many requests of a connection may be unanswered before no more is read from it. */
  readonly pipelined: number
  /**
   * Bytes of requests that wait and of answers that are not taken, over all connections. From half of it on, a connection has one request
   * at a time; beyond it, who brings more is cut off.
   */
  readonly waitingBytes: number
  /** How long the last answers may take when the server closes. */
  readonly farewell: number
}

/** The limits of a host. */
export const networkLimits: NetworkLimits = {
  connections: 8_192,
  perAddress: 4_096,
  newPerSecond: 0,
  firstByte: 10_000,
  frame: 30_000,
  pipelined: 64,
  waitingBytes: 64_000_000,
  farewell: 2_000,
}
