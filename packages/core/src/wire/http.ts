/** The type of an HTTP body that is one message, in both directions, to a host and to an authority (protocol.md §11.7). */
export const messageType = 'application/volact+cbor'

/** Where a host takes requests over HTTPS (protocol.md §11.7). */
export const activationPath = '/v1/activate'
