/** The labels of COSE headers that we use (RFC 9052 §3.1, RFC 9596, RFC 9360). */
export const headers = {
  alg: 1,
  crit: 2,
  typ: 16,
  x5chain: 33,
  x5t: 34,
} as const
