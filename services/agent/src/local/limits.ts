/** What the agent's sockets allow. Times in milliseconds. */
export interface LocalLimits {
  /** Of a request's body. */
  readonly bodyBytes: number
  /** Of a request's line and headers. */
  readonly headerBytes: number
  /** Connections at one time, for each of the two sockets; more are closed at once. */
  readonly connections: number
  /** Requests of one connection in one second; one more ends it. */
  readonly requestsPerSecond: number
  /** How long a new connection, or one after an answer, may be silent. */
  readonly idle: number
  /** How long the headers may take, however slowly they come, beginning with the connection. */
  readonly headers: number
  /** How long the whole request may take. */
  readonly request: number
  /** How often connections that are too slow are looked for. */
  readonly sweep: number
  /** How long answers that are owed may take when the agent stops. */
  readonly farewell: number
}

/** The limits of an agent. */
export const localLimits: LocalLimits = {
  bodyBytes: 4_096,
  headerBytes: 8_192,
  connections: 128,
  requestsPerSecond: 100,
  idle: 5_000,
  headers: 5_000,
  request: 10_000,
  sweep: 1_000,
  farewell: 20_000,
}
