import { join } from 'node:path'
import type { Authority } from '@volact/authority/authority'
import { newAuthority, setUpAt } from '@volact/authority/authority.fixture'
import { hostHardware, recoveryKeyFile, type TestClock } from '@volact/host/host.fixture'
import { initHost } from '@volact/host/init-host'
import { installKey } from '@volact/host/install-key'
import { installPack } from '@volact/host/install-pack'
import { applyFile, type AppliedAnswer, requestByFile } from '@volact/host/renewal/offline'
import { temporaryFolder } from '@volact/testkit/temporary-folder'

/** An authority with its clock, and a host without a network that has a key of it. */
export interface OfflineHost {
  readonly authority: Authority
  readonly authorityDir: string
  readonly clock: TestClock
  readonly dir: string
}

export const probe = (): Promise<typeof hostHardware> => Promise.resolve(hostHardware)

/** The same, to begin a test's own kind of estate with. */
export class OfflineEstate implements OfflineHost {
  readonly authority: Authority
  readonly authorityDir: string
  readonly clock: TestClock
  readonly dir: string

  constructor({ authority, authorityDir, clock, dir }: OfflineHost) {
    this.authority = authority
    this.authorityDir = authorityDir
    this.clock = clock
    this.dir = dir
  }

  /** Activation, renewal or confirmation: there and back again, on a stick. */
  async byFile(dir: string = this.dir): Promise<AppliedAnswer | undefined> {
    const { now } = this.clock
    const { file } = await requestByFile(dir, { now, probe })
    const [applied] = await applyFile(dir, (await this.authority.respond(file)).file, { now })
    return applied
  }
}

/** Makes both; the key is one for the clients' products. */
export async function makeOfflineHost(
  order: Omit<Parameters<Authority['issueKey']>[0], 'type' | 'group'>,
): Promise<OfflineHost> {
  const clock = { now: setUpAt }
  const { authority, dir: authorityDir } = await newAuthority({ now: () => clock.now })
  const { key } = await authority.issueKey({ type: 'host', group: 'client', ...order })
  const dir = await makeKeyedHost(await authority.exportPack(), key)
  return { authority, authorityDir, clock, dir }
}

/** Makes a host's folder with pack and key. */
export async function makeKeyedHost(pack: Uint8Array, key: string): Promise<string> {
  const dir = join(temporaryFolder(), 'host')
  initHost({ dir, now: setUpAt, recoveryKeyFile: recoveryKeyFile(dir) })
  await installPack(dir, pack, { now: setUpAt })
  await installKey(dir, key)
  return dir
}
