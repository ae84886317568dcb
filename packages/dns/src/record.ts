/** Types of records (RFC 1035, 2782, 3596, 8945). */
export const types = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  TSIG: 250,
} as const

/** Classes; the last two say in an update what is to be done (RFC 2136 §2.5). */
export const classes = { IN: 1, NONE: 254, ANY: 255 } as const

/** What is asked for; in an update the zone that it is about. */
export interface Question {
  readonly name: string
  readonly type: number
  readonly class: number
}

/** A record. Names in its data are not compressed. */
export interface ResourceRecord extends Question {
  /** Seconds. */
  readonly ttl: number
  readonly data: Uint8Array
}
