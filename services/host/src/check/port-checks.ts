import { networkInterfaces } from 'node:os'
import { isIPv6 } from 'node:net'
import { exchange, type TransportLimits } from '@volact/client/transport'
import { type HostAddress, formatHostAddress, parseHostAddress } from '@volact/client/host-address'
import { ActivationError } from '@volact/core/errors/activation-error'
import { answerLimit } from '@volact/core/wire/limits'
import { decodeMessage, encodeMessage } from '@volact/core/wire/message'
import type { HostConfig } from '../config/host-config.ts'
import { tlsPlaces } from '../https/tls-files.ts'
import { type HostCheck, ok, problem } from './host-check.ts'
import { securePortCheck } from './secure-port-check.ts'

const limits: TransportLimits = { connectMilliseconds: 3_000, answerMilliseconds: 5_000, answerBytes: answerLimit }
const query = encodeMessage({ kind: 'host-information-query' })

/** Connects to the running host on every address of this machine on which it listens, as a client would. */
export async function portChecks(
  { address, httpsAddress, adminAddress }: RunningPorts,
  dir: string,
  config: HostConfig,
): Promise<readonly HostCheck[]> {
  const places = tlsPlaces(dir, config)
  const tls = places.find(({ use }) => use === 'tls')
  const https = places.find(({ use }) => use === 'https')
  const { name } = parseHostAddress(address)
  const isPlain = config['tls.mode'] !== 'required'
  return [
    ...(isPlain ? await onEach(address, portCheck) : []),
    ...(tls === undefined ? [] : await onEach(address, (one) => securePortCheck(one, tls))),
    ...(isLoopback(name) ? [onlyHere(address)] : []),
    ...(https === undefined || httpsAddress === undefined
      ? []
      : await onEach(httpsAddress, (one) => securePortCheck(one, https))),
    ...(adminAddress === undefined ? [] : await onEach(adminAddress, adminCheck)),
  ]
}

/** Where a running host listens. */
export interface RunningPorts {
  readonly address: string
  readonly httpsAddress?: string
  readonly adminAddress?: string
}

function onEach(address: string, check: (one: HostAddress) => Promise<HostCheck>): Promise<readonly HostCheck[]> {
  const { name, port } = parseHostAddress(address)
  return Promise.all(addressesOf(name).map((one) => check({ name: one, port })))
}

/** Health and metrics are for whoever watches; whether the host is ready is said by what is looked at above. */
async function adminCheck(address: HostAddress): Promise<HostCheck> {
  const where = formatHostAddress(address)
  try {
    const { status } = await fetch(`http://${where}/livez`, { signal: AbortSignal.timeout(limits.answerMilliseconds) })
    if (status === 200) return ok('port', `${where} serves health and metrics`)
    return problem('port', `${where} answers with ${String(status)}`, 'Look for another program on that port.')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return problem('port', `${where} serves no health and metrics: ${reason}`, 'Look at "admin.listen".')
  }
}

async function portCheck(address: HostAddress): Promise<HostCheck> {
  const where = formatHostAddress(address)
  try {
    const answer = decodeMessage(await exchange(address, query, limits))
    if (answer.kind === 'host-information')
      return ok('port', `${where} answers as the host of ${answer.vendor || 'no vendor'}`)
    return problem('port', `${where} answers with a ${answer.kind}`, 'Look for another program on that port.')
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    return problem('port', `${where}: ${error.message}`, 'Open the port in the firewall of this machine.')
  }
}

function onlyHere(address: string): HostCheck {
  const todo = 'Set "listen" to 0.0.0.0:1688 or to an address of this machine that clients reach.'
  return { name: 'port', verdict: 'warning', says: `${address} is for this machine alone`, todo }
}

/** All addresses on which a listener on `name` is reached; link-local ones need a zone, and clients do not use them. */
function addressesOf(name: string): readonly string[] {
  if (name !== '0.0.0.0' && name !== '::') return [name]
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => address)
    .filter((address) => (name === '::' || !isIPv6(address)) && !/^fe[89ab]/i.test(address))
}

function isLoopback(name: string): boolean {
  return name === '::1' || name.startsWith('127.')
}
