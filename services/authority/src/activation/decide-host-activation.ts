import { equal, toHex } from '@volact/core/bytes'
import type { HardwareId } from '@volact/core/document/hardware-id'
import type { ErrorCode } from '@volact/core/errors/table'
import { type Instant, toIso } from '@volact/core/time'
import { isSameHost } from './same-host.ts'

/** A host key as the database knows it. */
export interface KnownKey {
  readonly lastFive: string
  readonly blocked: boolean
  readonly hostLimit: number
  /** Of each host. */
  readonly activationLimit: number
  readonly agreementEnds: Instant
}

/** A host that the key activated, with the logs it got certificates for. */
export interface KnownHost {
  readonly id: number
  readonly hardware: HardwareId
  /** Hexadecimal digits. */
  readonly logs: readonly string[]
}

/** A host that asks. Its request's signature and its log ID hold. */
export interface AskingHost {
  readonly logId: Uint8Array
  readonly hardware: HardwareId
  readonly virtual: boolean
  /** Whether it is a spare (rule 47): one of the hosts of the key, whatever it runs on. */
  readonly spare?: boolean
}

/** What is left of the key once the decision is carried out. */
export interface Remaining {
  readonly hostsLeft: number
  readonly activationsLeft: number
}

/** What becomes of a host's wish to be activated. */
export type HostDecision =
  | ({ readonly outcome: 'new-host' } & Remaining)
  | ({ readonly outcome: 'known-host'; readonly host: number } & Remaining)
  /** The answer to the same request was lost: it gets the same certificate again, and nothing is counted. */
  | ({ readonly outcome: 'repeated' } & Remaining)
  | { readonly outcome: 'refused'; readonly code: ErrorCode; readonly text: string }

/** What the decision rests on: the key, all hosts it activated, and where the vendor can be reached. */
export interface HostQuestion {
  readonly key: KnownKey
  readonly hosts: readonly KnownHost[]
  readonly asking: AskingHost
  readonly contact: string
  readonly now: Instant
}

/** Decides whether a host key activates a host: 6 hosts, each of them 10 times, unless the vendor set another limit. */
export function decideHostActivation({ key, hosts, asking, contact, now }: HostQuestion): HostDecision {
  if (key.blocked) return refused('KEY_BLOCKED', `the host key ending in ${key.lastFive} is blocked: ask ${contact}`)
  const logId = toHex(asking.logId)
  const earlier = hosts.find(({ logs }) => logs.includes(logId))
  if (earlier !== undefined) return { outcome: 'repeated', ...remaining(key, hosts.length, earlier.logs.length) }
  if (now >= key.agreementEnds) {
    const ended = `the agreement of the host key ending in ${key.lastFive} ended ${toIso(key.agreementEnds)}`
    return refused('LICENSE_EXPIRED', `${ended}: ask ${contact}`)
  }
  const host = asking.spare === true ? undefined : hostThatAsks(hosts, asking)
  return host === undefined ? decideNew(key, hosts.length, contact) : decideKnown(key, host, hosts.length, contact)
}

/** The same anchor is a better match than a similar vector, so it is looked for first. */
function hostThatAsks(hosts: readonly KnownHost[], { hardware, virtual }: AskingHost): KnownHost | undefined {
  return (
    hosts.find((host) => equal(host.hardware.anchor, hardware.anchor)) ??
    hosts.find((host) => isSameHost(host.hardware.vector, hardware.vector, { virtual }))
  )
}

function decideNew(key: KnownKey, count: number, contact: string): HostDecision {
  if (count < key.hostLimit) return { outcome: 'new-host', ...remaining(key, count + 1, 1) }
  const used = `the host key ending in ${key.lastFive} has activated ${count} of ${key.hostLimit} hosts, and this would be another one`
  return refused('HOST_KEY_EXHAUSTED', `${used}: ask ${contact} for more`)
}

function decideKnown(key: KnownKey, { id, logs }: KnownHost, hosts: number, contact: string): HostDecision {
  if (logs.length < key.activationLimit) {
    return { outcome: 'known-host', host: id, ...remaining(key, hosts, logs.length + 1) }
  }
  const used = `the host key ending in ${key.lastFive} has activated this host ${logs.length} of ${key.activationLimit} times`
  return refused('HOST_KEY_EXHAUSTED', `${used}: ask ${contact} for more`)
}

function remaining(key: KnownKey, hosts: number, activations: number): Remaining {
  return {
    hostsLeft: Math.max(0, key.hostLimit - hosts),
    activationsLeft: Math.max(0, key.activationLimit - activations),
  }
}

function refused(code: ErrorCode, text: string): HostDecision {
  return { outcome: 'refused', code, text }
}
