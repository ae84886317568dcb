import { dirname, join } from 'node:path'
import type { Entitlement } from '@volact/core/document/entitlement'
import type { Instant } from '@volact/core/time'
import { openLedger } from '@volact/ledger/open-ledger'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { onTestFinished } from 'vitest'
import { completeActivation } from './activate-host.ts'
import type { HardwareFacts } from './activation/hardware.ts'
import { identityOf } from './activation/identity.ts'
import { installActivation } from './activation/install-activation.ts'
import { prepareActivation } from './activation/prepare.ts'
import { activationFiles } from './folder/files.ts'
import { openVendor } from './folder/vendor.ts'
import { initHost } from './init-host.ts'
import { installKey } from './install-key.ts'
import { installPack } from './install-pack.ts'
import { type RunningHost, startHost, type StartHostOptions } from './start-host.ts'
import { start, type TestVendor } from './vendor.fixture.ts'

/** The hardware of the test's host. */
export const hostHardware: HardwareFacts = {
  ...{ systemUuid: '4c4c4544-0051-3510-8052-b4c04f4d3132', boardSerial: 'B-1', diskSerial: 'D-1', virtual: false },
  components: Array.from({ length: 10 }, (_, position) => `component ${position}`),
}

/** A clock that a test sets. */
export interface TestClock {
  now: Instant
}

/** Where the recovery key of a test's host lies: beside its folder. */
export function recoveryKeyFile(dir: string): string {
  return join(dirname(dir), 'recovery.key')
}

/** Makes a host's folder with pack and host key. */
export async function makeHost(vendor: TestVendor): Promise<string> {
  const dir = join(temporaryFolder(), 'host')
  initHost({ dir, now: start, recoveryKeyFile: recoveryKeyFile(dir) })
  await installPack(dir, vendor.pack(1), { now: start })
  await installKey(dir, vendor.hostKey)
  return dir
}

/** Makes a host's folder that is activated, its certificate made here. */
export async function makeActivatedHost(vendor: TestVendor, terms: Partial<Entitlement> = {}): Promise<string> {
  const dir = await makeHost(vendor)
  await activateHere(dir, vendor, terms)
  return dir
}

/** Activates a host without an authority. */
export async function activateHere(dir: string, vendor: TestVendor, terms: Partial<Entitlement> = {}): Promise<void> {
  const opened = openVendor(dir, vendor.catalog.vendor.id)
  await prepareActivation(dir, opened, { now: start, probe: () => Promise.resolve(hostHardware) })
  const ledger = openLedger(activationFiles(opened.files.activation).ledger)
  const { entry, logId } = identityOf(ledger)
  ledger.close()
  await completeActivation(opened, vendor.certify(entry, logId, terms), start)
  installActivation(opened.files)
}

/** Starts a host on a free port of loopback, with a clock that a test sets; it is closed when the test ends. */
export async function serve(
  dir: string,
  clock: TestClock = { now: start },
  more: Partial<StartHostOptions> = {},
): Promise<RunningHost> {
  const now = (): Instant => clock.now
  const strangers = { perSecond: 1_000_000, perDay: 1_000_000 }
  const host = await startHost({ dir, listen: { host: '127.0.0.1', port: 0 }, now, elapsed: now, strangers, ...more })
  let isOpen = true
  const close = async (): Promise<void> => {
    if (isOpen) await host.close()
    isOpen = false
  }
  onTestFinished(close)
  return { ...host, close }
}
