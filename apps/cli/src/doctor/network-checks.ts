import type { HostFrom } from '@volact/client/discovery/discovery-report'
import type { ErrorCode } from '@volact/core/errors/table'
import { type Check, type CheckId, checkOfHosts, type Finding, notReached } from './check.ts'
import type { HostAnswer, ProbedHost, ProbedPort } from './evidence.ts'
import { remedyOf } from './remedy.ts'

/** What the names of the hosts resolve to. */
export function checkAddresses(hosts: readonly ProbedHost[]): Check {
  return overHosts('addresses', hosts, 'no host is known', ({ host, from, addresses, problem }) => {
    if (problem === undefined) return { verdict: 'ok', text: `${host}: ${addresses.join(', ')}` }
    const advice = `Correct the address record of ${nameOf(host)}, or ${otherwise(from)}.`
    return { verdict: 'problem', text: `${host}: ${problem.message}`, code: problem.code, advice }
  })
}

/** Whether anything listens there, and how long it takes to get there. */
export function checkPort(hosts: readonly ProbedHost[]): Check {
  return overHosts('port', hosts.filter(hasAddress), 'no host has an address', ({ host, from, ports }) => {
    const text = `${host}: ${ports.map(portText).join('; ')}`
    if (ports.every(isOpen)) return { verdict: 'ok', text }
    if (ports.some(isOpen)) return { verdict: 'warning', text, advice: `Remove the dead address of ${nameOf(host)}.` }
    const advice = `Start the host on ${nameOf(host)}, open its port in the firewall, or ${otherwise(from)}.`
    return { verdict: 'problem', text, code: 'HOST_UNREACHABLE', advice }
  })
}

/** Whether somebody has put TLS or a web server on the port: Volact speaks neither there. */
export function checkPlain(hosts: readonly ProbedHost[]): Check {
  return overHosts('plain', answering(hosts), noPort, ({ host, answer }) => {
    if (!isWeb(answer)) return { verdict: 'ok', text: `${host}: no TLS or HTTP in between` }
    const advice = `Take TLS, the proxy or the web server off that port of ${nameOf(host)}: Volact speaks neither TLS nor HTTP there.`
    return { verdict: 'problem', text: `${host}: ${answer.message}`, code: 'FOREIGN_PROTOCOL', advice }
  })
}

/** Whether a host of ours answers, one of Microsoft, something else, or nobody. */
export function checkProtocol(hosts: readonly ProbedHost[]): Check {
  const plain = answering(hosts).filter(({ answer }) => !isWeb(answer))
  return overHosts('protocol', plain, 'no host answers', ({ host, answer }) => protocolFinding(host, answer))
}

/** The hosts that have said what they are. */
export function ourHosts(hosts: readonly ProbedHost[]): readonly OurHost[] {
  return answering(hosts).flatMap(({ host, answer }) => (answer.kind === 'ours' ? [{ host, ...answer }] : []))
}

/** A host that has said what it is. */
export interface OurHost extends Extract<HostAnswer, { kind: 'ours' }> {
  readonly host: string
}

/** Makes a check over hosts; without one to look at it was not reached. */
export function overHosts<T extends { readonly host: string }>(
  id: CheckId,
  hosts: readonly T[],
  none: string,
  judge: (host: T) => Finding,
): Check {
  return hosts.length === 0 ? notReached(id, none) : checkOfHosts(id, hosts.map(judge))
}

/** `NAME` of `NAME:PORT`. */
function nameOf(host: string): string {
  return host.replace(/:\d+$/, '')
}

/** What to do about a host that is no more: where it was named decides. */
function otherwise(from: HostFrom): string {
  switch (from) {
    case 'dns':
      return 'remove its SRV record if it is no more'
    case 'last-good':
      return 'leave it: hosts that DNS names are asked next'
    case 'option':
      return 'name another one with --host'
    case 'policy':
      return 'name another one in the policy'
    case 'product':
    case 'application':
    case 'machine':
      return 'name another one with "volact client host set"'
  }
}

const noPort = 'no port is open'

interface AnsweringHost extends ProbedHost {
  readonly answer: HostAnswer
}

function answering(hosts: readonly ProbedHost[]): readonly AnsweringHost[] {
  return hosts.flatMap((host) => (host.answer === undefined ? [] : [{ ...host, answer: host.answer }]))
}

function hasAddress({ addresses }: ProbedHost): boolean {
  return addresses.length > 0
}

function isOpen({ problem }: ProbedPort): boolean {
  return problem === undefined
}

function portText({ address, milliseconds, problem }: ProbedPort): string {
  return `${address} ${problem ?? 'is open'} after ${String(milliseconds)} ms`
}

function isWeb(answer: HostAnswer): answer is Extract<HostAnswer, { kind: 'foreign' }> {
  return answer.kind === 'foreign' && (answer.protocol === 'tls' || answer.protocol === 'http')
}

function protocolFinding(host: string, answer: HostAnswer): Finding {
  switch (answer.kind) {
    case 'ours':
      return { verdict: 'ok', text: `${host}: a Volact host, version ${answer.information.version}` }
    case 'foreign':
      return bad(host, answer, 'FOREIGN_PROTOCOL')
    case 'silent':
      return bad(host, answer, 'HOST_MUTE')
    case 'strange':
      return bad(host, answer, answer.code)
  }
}

function bad(host: string, { message }: { readonly message: string }, code: ErrorCode): Finding {
  return { verdict: 'problem', text: `${host}: ${message}`, code, advice: remedyOf(code) }
}
