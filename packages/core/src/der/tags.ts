/** The tags of X.690 that our documents use. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** The tag `[number]`, primitive: what an IMPLICIT tag makes of a string. */
export function contextPrimitive(number: number): number {
  return 0x80 | number
}

/** The tag `[number]`, constructed: an EXPLICIT tag, or an IMPLICIT one before a SEQUENCE or SET. */
export function contextConstructed(number: number): number {
  return 0xa0 | number
}
