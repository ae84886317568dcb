import { describe, expect, it } from 'vitest'
import { decodeBase64, encodeBase64 } from '@volact/core/bytes'
import { days } from '@volact/core/time'
import { decodeMessage } from '@volact/core/wire/message'
import { askHost } from '@volact/host/ask-host'
import { TestConnection, TestMachine } from '@volact/host/machine.fixture'
import { makeVendor } from '@volact/host/vendor.fixture'
import { encodeMessageFile, parseMessageFile } from '@volact/core/wire/message-file'
import { keepFoldersInMemory } from './in-memory.fixture.ts'
import { Machine, Site } from './twins.fixture.ts'

keepFoldersInMemory()

interface Responded {
  readonly file: Uint8Array
  readonly granted: number
}

async function respond(site: Site, file: Uint8Array): Promise<Responded> {
  const question = { verb: 'respond', file: encodeBase64(file) } as const
  const done = await askHost(site.dir, question, { now: () => site.clock.time })
  return { file: decodeBase64(done.file), granted: done.granted }
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code,
  )
}

describe('a machine without any network (rule 46)', () => {
  it('is licensed by a file that somebody brings, and counted, with one entry that says so', async () => {
    const site = await Site.start()
    const machine = await Machine.make(site, [site.vendor.desktop, site.vendor.server])
    const client = await machine.open()
    const request = await client.requestByFile()
    expect(parseMessageFile(request)).toHaveLength(2)
    const before = site.host.status().ledger?.size ?? 0
    const { file, granted } = await respond(site, request)
    expect(granted).toBe(2)
    expect(site.host.status().ledger?.size).toBe(before + 4)
    expect(await client.applyFile(file)).toHaveLength(2)
    expect(client.status()).toMatchObject({ state: 'licensed' })
    // The same request again is the same grant again: one entry for each request.
    expect((await respond(site, request)).granted).toBe(2)
    expect(site.host.status().ledger?.size).toBe(before + 4)
    // Its answer was taken once; and the machine renews over the network, when there is one, as any other.
    expect(await codeOf(client.applyFile(file))).toBe('LEASE_MISMATCH')
    site.clock.time += days(7)
    expect(await machine.ask()).toBe('granted')
    expect(site.host.status()).toMatchObject({ forks: 0 })
  })

  it('is counted when it comes first, and granted when the same bundle is brought again', async () => {
    const site = await Site.start(undefined, makeVendor({ threshold: 2 }))
    const [first, second] = [await Machine.make(site), await Machine.make(site)]
    const requests = [await (await first.open()).requestByFile(), await (await second.open()).requestByFile()]
    const bundle = encodeMessageFile(requests.flatMap((file) => parseMessageFile(file)))
    // Both have the same hardware here, and are one machine to the count.
    expect((await respond(site, bundle)).granted).toBe(0)
    const other = new TestMachine('other')
    await other.ask(site.host.address, site.vendor.desktop, site.clock.time)
    const { file, granted } = await respond(site, bundle)
    expect(granted).toBe(2)
    for (const machine of [first, second]) expect(await (await machine.open()).applyFile(file)).toHaveLength(1)
  })

  it('takes no answer that is older than 30 days, nor one for another machine, and the host answers no older request', async () => {
    const site = await Site.start()
    const [machine, other] = [await Machine.make(site), await Machine.make(site)]
    const [client, stranger] = [await machine.open(), await other.open()]
    const request = await client.requestByFile()
    const { file } = await respond(site, request)
    expect(await codeOf(stranger.applyFile(file))).toBe('LEASE_MISMATCH')
    site.clock.time += days(30)
    expect(await codeOf(client.applyFile(file))).toBe('LEASE_EXPIRED')
    const fresh = await stranger.requestByFile()
    site.clock.time += days(30) + 1
    expect((await respond(site, fresh)).granted).toBe(0)
  })

  it('is not answered for what a recorded request of the network says, nor is the file taken by the network (rule 4)', async () => {
    const site = await Site.start()
    const machine = await Machine.make(site)
    const [bytes = new Uint8Array()] = parseMessageFile(await (await machine.open()).requestByFile())
    const connection = await TestConnection.open(site.host.address)
    connection.send(decodeMessage(bytes))
    expect(await connection.next()).toMatchObject({ kind: 'refusal', code: 'KIND_MISMATCH' })
    connection.close()
  })
})
