import { uuidToBytes } from '@volact/core/catalog/uuid'
import type { HostInformationMessage } from '@volact/core/wire/host-information'
import type { Evidence, HostAnswer, OpenedClient, ProbedHost, WantedProduct } from './evidence.ts'

/** The moment of all tests. */
export const now = 1_790_000_000

const application = '0a1b2c3d-4e5f-4061-8273-8495a6b7c8d9'
export const machineId: string = '5eed'.repeat(16)

const wanted: WantedProduct = {
  ...{ vendor: 'example', name: 'Example Desktop', application, group: 10, generation: 3 },
  ...{ threshold: 25, isLicensed: false },
}

/** What a good host says of itself. */
export const information: HostInformationMessage = {
  ...{ kind: 'host-information', vendor: 'example', state: 1, version: '0.1.0', time: now },
  logId: new Uint8Array(32).fill(0xab),
  groups: [{ group: 10, generation: 3 }],
  counts: [{ application: uuidToBytes(application), count: 30 }],
}

/** A host that says something of itself, found in DNS. */
export function ourHost(change: Partial<HostInformationMessage> = {}, name = 'kms-a.corp.test'): ProbedHost {
  return hostWith({ kind: 'ours', information: { ...information, ...change }, at: now }, name)
}

/** A host behind whose port is something. */
export function hostWith(answer: HostAnswer, name = 'kms-a.corp.test'): ProbedHost {
  const address = '10.1.2.3'
  const found = { host: `${name}:1688`, from: 'dns', zone: 'corp.test', addresses: [address] } as const
  return { ...found, ports: [{ address, milliseconds: 2 }], answer }
}

/** A host that is no more. */
export const deadHost: ProbedHost = {
  ...{ host: 'kms-old.corp.test:1688', from: 'dns', zone: 'corp.test', addresses: ['10.1.2.9'] },
  ports: [{ address: '10.1.2.9', milliseconds: 1, problem: 'refuses: nothing listens there' }],
}

const policy = { state: 'none', path: '/etc/volact/policy.toml' } as const

const common = {
  ...({ enforcement: 'none', key: 'volume', ephemeral: false, policy, hardware: 'real' } as const),
  ...{ features: [], machineId, protected: true, test: false, notes: [], events: [] },
}

const product = {
  activationId: '387f2bf7-e4c3-4a6c-a0d2-1fa17468da78',
  ...{ slug: 'desktop', name: 'Example Desktop', edition: 'Pro', channel: 'VOLUME', lastFive: '4FMBX' },
}

const withKey = {
  ...{ product, products: ['desktop'], vendor: { id: 'example', name: 'Example' }, threshold: 25 },
  ...{ expires: now + 10_000_000, nextAttempt: now + 90_000 },
  lastAttempt: { at: now - 600, outcome: 'granted' },
} as const

/** A machine on which no key is installed. */
export const keylessClient: OpenedClient = {
  kind: 'opened',
  dir: '/home/alice/.volact/client',
  status: {
    ...common,
    state: 'unlicensed',
    number: 0,
    printName: 'Unlicensed',
    reason: 'NO_PRODUCT_KEY',
    products: [],
  },
  settings: {
    ...{ machine: {}, applications: {}, products: {}, caching: true, lastGood: {}, notes: [] },
    policy,
  },
  vendors: [{ id: 'example', name: 'Example', protection: 'system' }],
  freeBytes: 10 * 2 ** 30,
}

/** A machine without a license, whose product is known. */
export const unlicensedClient: OpenedClient = {
  ...keylessClient,
  wanted,
  status: {
    ...common,
    ...withKey,
    state: 'notification',
    number: 5,
    printName: 'Notification',
    reason: 'NOT_BOUND',
    lastAttempt: { at: now - 600, outcome: 'unreachable', code: 'NO_HOST_ANSWERED' },
  },
}

/** A machine on which all is well. */
export const goodClient: OpenedClient = {
  ...keylessClient,
  wanted: { ...wanted, isLicensed: true },
  status: {
    ...{ ...common, ...withKey, count: 30, logId: 'ab'.repeat(32) },
    ...{ state: 'licensed', number: 1, printName: 'Licensed' },
  },
}

/** Everything in order: one host, found in DNS, that has licensed this machine. */
export function evidence(change: Partial<Evidence> = {}): Evidence {
  const hosts = change.hosts ?? [ourHost()]
  const name = '_volact._tcp.corp.test'
  const records = hosts.map(({ host }) => ({ target: host.replace(/:.*/, ''), port: 1_688, priority: 0, weight: 0 }))
  return {
    ...{ now, machineName: 'web-17.corp.test', dnsServers: ['10.1.0.53'], hosts, client: goodClient },
    discovery: {
      ...{ product: 'desktop', activationType: 'any', hosts },
      steps: [{ step: 'dns', taken: true, text: '1 host in 1 searched zone' }],
      zones: [{ name: 'corp.test', from: 'primary' }],
      queries: [{ name, zone: 'corp.test', records }],
    },
    ...change,
  }
}
