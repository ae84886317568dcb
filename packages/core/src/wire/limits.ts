/** The longest message a client may send to a host, in bytes (rule 41). */
export const requestLimit = 4_096

/** The longest answer, in bytes. */
export const answerLimit = 16_384

/** The longest message that holds a revocation list, in bytes; it is sent only to who asked for it. */
export const listLimit = 65_536

/** The most certificates in a chain (rule 1). */
export const chainLimit = 5

/** The longest explanation in a refusal, in UTF-16 code units. */
export const refusalTextLimit = 1_024

/** The longest other text in a message (a vendor, a version), in UTF-16 code units. */
export const textLimit = 128

/** The most messages in a file. */
export const messageFileLimit = 10_000
