import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningHost } from '@volact/host/start-host'
import { makeActivatedHost, serve } from '@volact/host/host.fixture'
import { makeVendor, start, type TestVendor } from '@volact/host/vendor.fixture'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { Account, type Ended } from './slmgr.fixture.ts'

/** The vendor of these tests: two products of one application. */
export const vendor: TestVendor = makeVendor()

const [desktopProduct, serverProduct] = vendor.catalog.products

/** The setup keys of its products. */
export const desktopKey: string = desktopProduct?.setupKey ?? ''
export const serverKey: string = serverProduct?.setupKey ?? ''

/** A machine whose vendor is known in a folder of its own. */
export class Machine {
  readonly account: Account = new Account(start)
  readonly dir: string = join(temporaryFolder(), 'client')

  /** Runs `volact slmgr`, or `ospp`, on the folder. */
  run(command: 'slmgr' | 'ospp', ...words: readonly string[]): Promise<Ended> {
    return this.account.run(command, '--dir', this.dir, ...words)
  }

  /** The same, which must succeed. */
  slmgr(...words: readonly string[]): Promise<string> {
    return this.account.succeed('slmgr', '--dir', this.dir, ...words)
  }

  /** The same for `ospp`. */
  ospp(...words: readonly string[]): Promise<string> {
    return this.account.succeed('ospp', '--dir', this.dir, ...words)
  }
}

/** Makes a machine on which no key is installed. */
export async function newMachine(): Promise<Machine> {
  const machine = new Machine()
  const pack = join(temporaryFolder(), 'pack')
  writeFileSync(pack, vendor.pack(1))
  await machine.account.succeed('client', 'vendor', 'add', pack, '--dir', machine.dir)
  return machine
}

/** Starts a host that one machine suffices, with whatever hardware the tests run on; a server may need more. */
export async function startHost({ server = 1 }: { readonly server?: number } = {}): Promise<RunningHost> {
  const thresholds = new Map([
    ['desktop', 1],
    ['server', server],
  ])
  return serve(await makeActivatedHost(vendor, { weakCounts: true, thresholds }))
}
