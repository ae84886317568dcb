import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { FoundHost } from '@volact/client/discovery/discovery-report'
import { type HostAddress, parseHostAddress } from '@volact/client/host-address'
import { exchange } from '@volact/client/transport'
import { proxyFor, type WebSettings } from '@volact/client/web/web-settings'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { answerLimit } from '@volact/core/wire/limits'
import { decodeMessage, encodeMessage, type Message } from '@volact/core/wire/message'
import { systemCode } from '@volact/files/file-error'
import type { HostAnswer, ProbedHost, ProbedPort } from './evidence.ts'

/** How a host is tried. */
export interface Trial {
  /** For each connection, and for the answer. */
  readonly milliseconds: number
  readonly now: () => Instant
  /** How hosts are reached under TLS or over HTTPS. */
  readonly web: WebSettings
}

/** Tries each address of a host, and asks what is there through the first that is open. Whoever asks that is never counted. */
export async function probeHost(host: FoundHost, trial: Trial): Promise<ProbedHost> {
  const named = parseHostAddress(host.host)
  const { port } = named
  // Only the proxy knows what lies behind it.
  if (proxyFor(named, trial.web) !== undefined) return { ...host, ports: [], answer: await askWhatItIs(named, trial) }
  const ports = await Promise.all(host.addresses.map((address) => tryPort(address, port, trial)))
  const open = ports.find(({ problem }) => problem === undefined)
  if (open === undefined) return { ...host, ports }
  return { ...host, ports, answer: await askWhatItIs(named, trial, [open.address]) }
}

async function tryPort(address: string, port: number, { milliseconds }: Trial): Promise<ProbedPort> {
  const begun = performance.now()
  const problem = await connection(address, port, milliseconds)
  const tried = { address, milliseconds: Math.round(performance.now() - begun) }
  return problem === undefined ? tried : { ...tried, problem }
}

function connection(address: string, port: number, milliseconds: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const socket = connect({ host: address, port })
  const timer = setTimeout(() => {
    resolve('does not answer: a firewall may be in the way')
  }, milliseconds)
  socket.once('connect', () => {
    resolve(undefined)
  })
  socket.on('error', (error) => {
    const code = systemCode(error) ?? error.message
    resolve(reasons[code] ?? `fails: the operating system says ${code}`)
  })
  return promise.finally(() => {
    clearTimeout(timer)
    socket.destroy()
  })
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses: nothing listens there',
  EHOSTUNREACH: 'cannot be reached: there is no way to that address',
  ENETUNREACH: 'cannot be reached: there is no way to that network',
}

const query = encodeMessage({ kind: 'host-information-query' })

async function askWhatItIs(
  address: HostAddress,
  { milliseconds, now, web }: Trial,
  addresses?: readonly string[],
): Promise<HostAnswer> {
  const times = { connectMilliseconds: milliseconds, answerMilliseconds: milliseconds }
  const limits = { ...times, answerBytes: answerLimit, web }
  try {
    return understood(decodeMessage(await exchange(address, query, limits, addresses && { addresses })), now())
  } catch (error) {
    if (error instanceof ActivationError) return failed(error)
    throw error
  }
}

function understood(message: Message, at: Instant): HostAnswer {
  if (message.kind === 'host-information') return { kind: 'ours', information: message, at }
  if (message.kind !== 'refusal')
    return { kind: 'strange', code: 'MALFORMED', message: `it answers with a ${message.kind}` }
  return { kind: 'strange', code: message.code, message: `it refuses to say what it is: ${message.text}` }
}

function failed({ code, message, data }: ActivationError): HostAnswer {
  if (code === 'FOREIGN_PROTOCOL') return { kind: 'foreign', protocol: String(data['protocol']), message }
  if (code === 'HOST_MUTE' || code === 'HOST_UNREACHABLE') return { kind: 'silent', message }
  return { kind: 'strange', code, message }
}
