/** The length of SHA-256 digests and all that are made of them: machine, log, anchor, certificate, `req`. In bytes. */
export const digestLength = 32

/** The length of a raw Ed25519 public key, in bytes. */
export const rawKeyLength = 32

/** The length of an activation ID or application ID (RFC 9562), in bytes. */
export const uuidLength = 16

/** The length of a random `cti`, in bytes. */
export const ctiLength = 16

/** The length of a nonce, in bytes. */
export const nonceLength = 16

/** The longest name or other single text in a document, in UTF-16 code units. */
export const textLimit = 256

/** The license states have the numbers 0 to this one (protocol.md §13.1). */
export const lastLicenseState = 6
