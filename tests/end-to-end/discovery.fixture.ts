import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { startAuthority } from '@volact/authority/start-authority'
import type { PolicyPlace } from '@volact/client/policy/policy-place'
import { type RunningHost, startHost } from '@volact/host/start-host'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { succeed } from './command.fixture.ts'
import { clone } from './volact.fixture.ts'

const byHand = join(clone, 'examples', 'catalogs', 'by-hand.yaml')

const setupKey = 'GPHF4-H67V2-CT96X-2R43F-V28FX'
export const customer = 'Example Corporation'

/** A vendor, and a host of a customer that serves the first machine that asks. */
export interface Estate {
  readonly pack: string
  /** `127.0.0.1:PORT` of the host. */
  readonly address: string
  readonly port: string
  close(): Promise<void>
}

/** Sets up a vendor and starts a host, for all tests of a file. */
export async function startEstate(): Promise<Estate> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'volact-test-')))
  const host = await makeHost(dir)
  const port = host.address.replace(/^.*:/, '')
  const close = async (): Promise<void> => {
    await host.close()
    rmSync(dir, { recursive: true })
  }
  return { pack: join(dir, 'pack'), address: host.address, port, close }
}

async function makeHost(parent: string): Promise<RunningHost> {
  const [authority, dir, pack, catalog] = ['authority', 'host', 'pack', 'catalog.yaml'].map((name) =>
    join(parent, name),
  )
  if (authority === undefined || dir === undefined || pack === undefined || catalog === undefined) throw new Error()
  writeFileSync(catalog, readFileSync(byHand, 'utf8').replace('threshold: 3', 'threshold: 1'))
  await succeed('authority', 'init', '--dir', authority)
  await succeed('authority', 'catalog', 'apply', catalog, '--dir', authority)
  const issue = ['authority', 'key', 'issue', '--type', 'host', '--group', 'notes', '--customer', customer]
  const key = await succeed(...issue, '--dir', authority)
  await succeed('authority', 'pack', 'export', '-o', pack, '--dir', authority)
  await succeed('host', 'init', '--dir', dir)
  await succeed('host', 'pack', 'install', pack, '--dir', dir)
  await succeed('host', 'key', 'install', key, '--dir', dir)
  const [listen, now] = [{ host: '127.0.0.1', port: 0 }, () => Math.floor(Date.now() / 1_000)]
  const vendor = await startAuthority({ dir: authority, listen, now })
  await succeed('host', 'activate', '--authority', vendor.address, '--dir', dir)
  await vendor.close()
  return startHost({ dir, listen, now })
}

/** Makes the folder of a machine that has the key of the product. */
export async function newMachine({ pack }: Estate): Promise<string> {
  const dir = join(temporaryFolder(), 'client')
  await succeed('client', 'vendor', 'add', pack, '--dir', dir)
  await succeed('client', 'key', 'install', setupKey, '--dir', dir)
  return dir
}

/** Writes a policy, and says that it lies there; whose it is is no matter in a test. */
export function policyOf(text: string): PolicyPlace {
  const path = join(temporaryFolder(), 'policy.toml')
  writeFileSync(path, text)
  return { kind: 'file', path, protection: 'none' }
}

/** Starts a server that says the same to everybody; gives its port. */
export async function startBabbler(says: Uint8Array): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end(says)
  })
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return String((server.address() as AddressInfo).port)
}
