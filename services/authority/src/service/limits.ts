/** What one connection may cost. Times are in milliseconds. */
export const serviceLimits = {
  /** A whole request, header and body, from its first byte. */
  requestTimeout: 10_000,
  /** A connection without a request. */
  idleTimeout: 30_000,
  /** The most bytes of a question: a renewal holds two receipts with their proofs. */
  question: 16_384,
  /** Connections at a time; further ones are closed at once. */
  connections: 1_000,
} as const
