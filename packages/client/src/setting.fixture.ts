import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import type { Client } from './client.ts'
import { desktopId, opener, ScriptedHost, TestClock, type TestVendor } from './client.fixture.ts'
import type { ClientOptions } from './open-client.ts'

/** A client in a folder and on a clock of its own. */
export interface Setting {
  readonly client: Client
  readonly dir: string
  readonly clock: TestClock
  readonly reopen: () => Promise<Client>
}

/** Opens a client of a vendor in a new folder. */
export async function newClient(vendor: TestVendor, options: Partial<ClientOptions> = {}): Promise<Setting> {
  const [dir, clock] = [temporaryFolder(), new TestClock()]
  const reopen = opener(vendor, dir, clock, options)
  return { client: await reopen(), dir, clock, reopen }
}

/** Starts a host that says what it is told to, until the test ends. */
export async function startScripted(reply: ScriptedHost['reply']): Promise<ScriptedHost> {
  const host = await ScriptedHost.start(reply)
  onTestFinished(() => {
    host.close()
  })
  return host
}

/** Reads the bytes of the lease that lies in a folder. */
export function leaseOf(dir: string): Buffer {
  return readFileSync(join(dir, 'licenses', `${desktopId}.lease`))
}
