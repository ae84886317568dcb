import { X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import { formatHostAddress, type HostAddress } from '@volact/client/host-address'
import { ActivationError } from '@volact/core/errors/activation-error'
import { readTlsFiles, type TlsPlace } from '../https/tls-files.ts'
import { type HostCheck, ok, problem } from './host-check.ts'

const patience = 5_000

/**
 * Speaks TLS with a port of the running host, and compares the certificate there with that of the file. Whether clients believe it is
 * theirs to say: its authority may be known to them alone.
 */
export async function securePortCheck(address: HostAddress, place: TlsPlace): Promise<HostCheck> {
  const where = formatHostAddress(address)
  try {
    const served = await certificateAt(address)
    const { cert } = readTlsFiles(place)
    if (served === new X509Certificate(cert).fingerprint256)
      return ok('port', `${where} speaks TLS with the certificate of ${place.use}`)
    return problem('port', `${where} has another certificate than ${place.certificate}`, 'Run "volact host reload".')
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error)
    if (error instanceof ActivationError) return problem('port', `${where}: ${says}`, 'See the line "tls".')
    return problem('port', `no TLS with ${where}: ${says}`, 'Open the port in the firewall of this machine.')
  }
}

async function certificateAt({ name, port }: HostAddress): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>()
  // Nothing is said that a stranger must not hear: the certificate is looked at, and that is all.
  const socket = connect({ host: name, port, rejectUnauthorized: false }, () => {
    resolve(socket.getPeerX509Certificate()?.fingerprint256)
  })
  socket.setTimeout(patience, () => socket.destroy(new Error('no answer')))
  socket.on('error', reject)
  socket.once('close', () => {
    reject(new Error('it closed the connection'))
  })
  return promise.finally(() => socket.destroy())
}
