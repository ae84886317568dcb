import { decodeUtf8 } from '@volact/core/bytes'
import { readLimited } from '@volact/files/read-limited'
import type { PolicyState } from '../policy/policy.ts'
import { parseProxy, type WebSettings } from './web-settings.ts'

const most = { ca: 262_144, credentials: 1_024 }

/** Puts what the policy says of proxy and certificates above what the program was started with. The files are read anew each time. */
export function webByPolicy(state: PolicyState, own: WebSettings = {}): WebSettings {
  if (state.kind !== 'valid') return own
  const { hostCaFile, proxy: address, proxyCredentialsFile } = state.policy
  const proxy = address === undefined ? undefined : parseProxy(address)
  const credentials = textOf(proxyCredentialsFile, most.credentials, 'user and password for the proxy')?.trim()
  const ca = textOf(hostCaFile, most.ca, 'the certificates for hosts')
  return {
    ...own,
    // Whom the environment exempts it exempts from the proxy of the environment.
    ...(proxy !== undefined && { direct: [] }),
    ...(proxy !== undefined && { proxy: { ...proxy, ...(credentials !== undefined && { credentials }) } }),
    ...(ca !== undefined && { ca }),
  }
}

function textOf(path: string | undefined, mostBytes: number, what: string): string | undefined {
  return path === undefined ? undefined : decodeUtf8(readLimited(path, mostBytes, what))
}
