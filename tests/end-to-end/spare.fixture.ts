import { join } from 'node:path'
import { type Client, openClient } from '@volact/client/open-client'
import type { Authority } from '@volact/authority/authority'
import { newAuthority, setUpAt } from '@volact/authority/authority.fixture'
import type { Instant } from '@volact/core/time'
import { hostHardware, recoveryKeyFile, serve } from '@volact/host/host.fixture'
import { openVendor } from '@volact/host/folder/vendor'
import { initHost } from '@volact/host/init-host'
import { installKey } from '@volact/host/install-key'
import { installPack } from '@volact/host/install-pack'
import { applyFile, type AppliedAnswer, requestByFile } from '@volact/host/renewal/offline'
import { activateSpare, type ActivatedSpare } from '@volact/host/spare/activate-spare'
import { type PreparedSpare, prepareSpare, requestSpare } from '@volact/host/spare/prepare-spare'
import type { RunningHost } from '@volact/host/start-host'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { hardware } from './twins.fixture.ts'

export const passphrase = 'correct horse battery staple'

const probe = () => Promise.resolve(hostHardware)

/** An authority with its clock, and a host that it has activated by file, as its administrator keeps it. */
export class SpareEstate {
  readonly authority: Authority
  readonly authorityDir: string
  readonly clock: { now: Instant }
  readonly dir: string = join(temporaryFolder(), 'host')

  private constructor(authority: Authority, authorityDir: string, clock: { now: Instant }) {
    this.authority = authority
    this.authorityDir = authorityDir
    this.clock = clock
  }

  static async make(limit = 6): Promise<SpareEstate> {
    const clock = { now: setUpAt }
    const { authority, dir } = await newAuthority({ now: () => clock.now })
    const estate = new SpareEstate(authority, dir, clock)
    const thresholds = { desktop: 1 }
    const { key } = await authority.issueKey({ type: 'host', group: 'client', limit, terms: { thresholds } })
    initHost({ dir: estate.dir, now: setUpAt, recoveryKeyFile: recoveryKeyFile(estate.dir) })
    await installPack(estate.dir, await authority.exportPack(), { now: setUpAt })
    await installKey(estate.dir, key)
    await estate.byFile(estate.dir)
    return estate
  }

  /** Activation, renewal or confirmation: there and back again, on a stick. */
  async byFile(dir: string): Promise<AppliedAnswer | undefined> {
    const { now } = this.clock
    const { file } = await requestByFile(dir, { now, probe })
    const [applied] = await applyFile(dir, (await this.authority.respond(file)).file, { now })
    return applied
  }

  /** Prepares a spare, by file, too. */
  async prepare(file: string = join(temporaryFolder(), 'host.spare')): Promise<PreparedSpare> {
    const { now } = this.clock
    const responded = await this.authority.respond(await requestSpare(this.dir, { now }))
    return prepareSpare(this.dir, file, { now, passphrase, answer: responded.file })
  }

  activate(file: string, dir: string = join(temporaryFolder(), 'spare')): Promise<ActivatedSpare> {
    return activateSpare(dir, file, { now: this.clock.now, passphrase, probe })
  }

  serve(dir: string): Promise<RunningHost> {
    return serve(dir, this.clock, { probe })
  }

  /** A client with the first desktop product that this vendor sells. */
  async machine(): Promise<Client> {
    const { root, pack } = openVendor(this.dir, 'example')
    const now = (): Instant => this.clock.now
    const client = await openClient({
      dir: join(temporaryFolder(), 'machine'),
      vendors: [{ roots: [root.der], policy: pack.catalog }],
      ...{ now, monotonic: now, probe: () => Promise.resolve(hardware) },
    })
    const sold = pack.catalog.products.find(({ family, group }) => family === 'desktop' && group === 'client')
    client.installKey(sold?.setupKey ?? '')
    return client
  }
}

/** Asks and gives the outcome, or the code of the refusal or failure. */
export async function ask(client: Client, host: { readonly address: string }): Promise<string> {
  try {
    const done = await client.activate({ host: host.address })
    return done.outcome === 'refused' ? done.code : done.outcome
  } catch (error) {
    return (error as { code: string }).code
  }
}
