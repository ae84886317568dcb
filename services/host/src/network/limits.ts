/** What a server of the wire allows (design §4, rule 41). Times in milliseconds. */
export interface NetworkLimits {
  /** Connections at one time; more are closed at once. */
  readonly connections: number
  /** How long a connection may take for its first byte. */
  readonly firstByte: number
  /** How long it may take for a whole frame, however slowly that comes, and be idle after an answer. */
  readonly frame: number
  /** How many requests of a connection may be unanswered before no more is read from it. */
  readonly pipelined: number
  /** How long the last answers may take when the server closes. */
  readonly farewell: number
}

/** The limits of a host. */
export const networkLimits: NetworkLimits = {
  connections: 2_000,
  firstByte: 10_000,
  frame: 30_000,
  pipelined: 64,
  farewell: 2_000,
}
