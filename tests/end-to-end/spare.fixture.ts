import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Client, openClient } from '@volact/client/open-client'
import { startAuthority } from '@volact/authority/start-authority'
import { toHex } from '@volact/core/bytes'
import { days, type Instant } from '@volact/core/time'
import { acceptClock } from '@volact/host/accept-clock'
import { readCertificates } from '@volact/host/folder/certificates'
import { serve } from '@volact/host/host.fixture'
import { openVendor } from '@volact/host/folder/vendor'
import { activateSpare, type ActivatedSpare } from '@volact/host/spare/activate-spare'
import { type PreparedSpare, prepareSpare, requestSpare } from '@volact/host/spare/prepare-spare'
import type { RunningHost } from '@volact/host/start-host'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { makeOfflineHost, OfflineEstate, probe } from './offline-host.fixture.ts'
import { hardware } from './twins.fixture.ts'

export const passphrase = 'correct horse battery staple'

/** An authority with its clock, and a host that it has activated by file, as its administrator keeps it. */
export class SpareEstate extends OfflineEstate {
  static async make(limit = 6): Promise<SpareEstate> {
    const estate = new SpareEstate(await makeOfflineHost({ limit, terms: { thresholds: { desktop: 1 } } }))
    await estate.byFile(estate.dir)
    return estate
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

/** Lets the estate's authority listen, on loopback, until the test ends. */
export async function listening(estate: SpareEstate): Promise<string> {
  await estate.authority.close()
  const now = (): Instant => estate.clock.now
  const running = await startAuthority({ dir: estate.authorityDir, listen: { host: '127.0.0.1', port: 0 }, now })
  onTestFinished(() => running.close())
  return running.address
}

/** A host whose certificate is to be renewed, and the address of who does that. */
export async function dueEstate(): Promise<{ readonly estate: SpareEstate; readonly authority: string }> {
  const estate = await SpareEstate.make()
  const [leaf] = readCertificates(openVendor(estate.dir, 'example').files.chain)
  estate.clock.now = leaf.notAfter - days(250)
  await acceptClock(estate.dir, { now: () => estate.clock.now })
  return { estate, authority: await listening(estate) }
}

/** Which certificate a host has, its SHA-256 in hexadecimal digits. */
export function certificateIn(dir: string): string {
  return toHex(readCertificates(openVendor(dir, 'example').files.chain)[0].fingerprint)
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
