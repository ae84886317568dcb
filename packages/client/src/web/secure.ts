import { isIP, type Socket } from 'node:net'
import { connect, rootCertificates, type TLSSocket } from 'node:tls'
import { ActivationError } from '@volact/core/errors/activation-error'
import { systemCode } from '@volact/files/file-error'

/** Whom to speak to under TLS, and whom to believe. */
export interface SecureOptions {
  readonly name: string
  /** For a person: the host, or the proxy. */
  readonly what: string
  readonly ca: string | undefined
}

/**
 * Goes on under TLS on a connection that stands, and believes nobody without a certificate for the name. `TLS_UNTRUSTED` says why not.
 * Whatever the environment says, certificates are checked.
 */
export async function secure(socket: Socket, { name, what, ca }: SecureOptions): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  const stream = connect({
    ...{ socket, host: name, rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    ...(isIP(name) === 0 && { servername: name }),
    ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
  })
  stream.once('secureConnect', () => {
    resolve(undefined)
  })
  // The listener stays: an error without one would end the program.
  stream.on('error', (error: Error) => {
    reject(untrusted(what, error))
  })
  stream.once('close', () => {
    reject(untrusted(what, new Error('it closed the connection; does it speak TLS?')))
  })
  await promise
  return stream
}

function untrusted(what: string, cause: Error): ActivationError {
  const reason = systemCode(cause) === 'ECONNRESET' ? 'it broke the connection off; does it speak TLS?' : cause.message
  return new ActivationError('TLS_UNTRUSTED', `no TLS with ${what}: ${reason}`, { cause })
}
