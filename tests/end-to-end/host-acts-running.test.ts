import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { days } from '@volact/core/time'
import { parseCertificate } from '@volact/core/x509/certificate'
import { activateHost } from '@volact/host/activate-host'
import { askHost } from '@volact/host/ask-host'
import { openVendor } from '@volact/host/folder/vendor'
import { hostHardware } from '@volact/host/host.fixture'
import { TestConnection, TestMachine } from '@volact/host/machine.fixture'
import { renewHost } from '@volact/host/renewal/renew-host'
import { confirmSpare } from '@volact/host/spare/confirm-spare'
import { verifyHostLedger } from '@volact/host/verify-host-ledger'
import { keepFoldersInMemory } from './in-memory.fixture.ts'
import { ask, certificateIn, dueEstate, listening, SpareEstate } from './spare.fixture.ts'

keepFoldersInMemory()

const probe = () => Promise.resolve(hostHardware)

/** Asks on one connection, known and new machines by turns, until told to stop; each grant is verified as a client does. */
async function load(
  address: string,
  estate: SpareEstate,
  until: { isOver: boolean },
): Promise<{ readonly grants: number; readonly certificates: ReadonlySet<string> }> {
  const { root, pack } = openVendor(estate.dir, 'example')
  const product = pack.catalog.products.find(({ family, group }) => family === 'desktop' && group === 'client')
  const connection = await TestConnection.open(address)
  const known = new TestMachine('known')
  const certificates = new Set<string>()
  let grants = 0
  for (let turn = 0; !until.isOver || grants === 0; turn += 1) {
    const machine = turn % 4 === 3 ? new TestMachine(`machine ${turn}`) : known
    const sent = machine.request(product?.activationId ?? '', estate.clock.now)
    connection.send(sent.message)
    const answer = await connection.next()
    if (answer?.kind === 'refusal' && answer.code === 'BUSY' && machine.prev === undefined) continue
    if (answer?.kind !== 'grant') throw new Error(`no grant, but ${JSON.stringify(answer)}`)
    machine.accept({ catalog: pack.catalog, root }, sent, answer)
    const [leaf] = answer.chain ?? []
    if (leaf !== undefined) certificates.add(toHex(parseCertificate(leaf).fingerprint))
    grants += 1
  }
  connection.close()
  return { grants, certificates }
}

describe('a host that runs', () => {
  it('renews its certificate under load, answers everybody, and serves under the new one at once (rule 6)', async () => {
    const { estate, authority } = await dueEstate()
    const host = await estate.serve(estate.dir)
    const old = certificateIn(estate.dir)
    const until = { isOver: false }
    const lines = Promise.all(Array.from({ length: 3 }, () => load(host.address, estate, until)))
    const renewed = await renewHost(estate.dir, { authority, now: estate.clock.now })
    const fresh = certificateIn(estate.dir)
    expect(fresh).not.toBe(old)
    expect(await load(host.address, estate, { isOver: true })).toMatchObject({ certificates: new Set([fresh]) })
    until.isOver = true
    for (const { certificates } of await lines) expect([old, fresh]).toEqual(expect.arrayContaining([...certificates]))
    expect(host.status()).toMatchObject({ reason: 'activated' })
    // And once more, from what the authority has seen by then.
    expect(await renewHost(estate.dir, { authority, now: estate.clock.now })).toMatchObject({ logId: renewed.logId })
    await host.close()
    expect(await verifyHostLedger(estate.dir)).toMatchObject({ verified: true, logId: renewed.logId, unsigned: 0 })
  })

  it('serves on under its certificate when the authority says no, or nobody is there', async () => {
    const estate = await SpareEstate.make()
    const authority = await listening(estate)
    const host = await estate.serve(estate.dir)
    const old = certificateIn(estate.dir)
    const { now } = estate.clock
    await expect(renewHost(estate.dir, { authority, now })).rejects.toMatchObject({ code: 'RENEWAL_NOT_DUE' })
    await expect(renewHost(estate.dir, { authority: 'https://127.0.0.1:1', now })).rejects.toMatchObject({
      code: 'AUTHORITY_UNREACHABLE',
    })
    await expect(renewHost(estate.dir, { now })).rejects.toMatchObject({ code: 'USAGE' })
    expect(await load(host.address, estate, { isOver: true })).toMatchObject({ certificates: new Set([old]) })
  })

  it('can be stopped while the authority is silent, and renews at the next try', async () => {
    const { estate, authority } = await dueEstate()
    const silent = createServer().listen(0, '127.0.0.1')
    const asked = once(silent, 'connection')
    onTestFinished(() => {
      silent.close()
    })
    await once(silent, 'listening')
    const host = await estate.serve(estate.dir)
    const { now } = estate.clock
    const where = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const waiting = renewHost(estate.dir, { authority: where, now }).catch((error: unknown) => error)
    const [socket] = (await asked) as [{ destroy(): void }]
    await host.close()
    socket.destroy()
    expect(await waiting).toMatchObject({ code: expect.stringMatching(/^(?:NOT_RUNNING|FOLDER_IN_USE)$/) as string })
    expect(await renewHost(estate.dir, { authority, now })).toMatchObject({ vendor: 'example' })
  })

  it('has a spare confirmed, also one whose 60 days are over, and grants from then on (rule 47)', async () => {
    const estate = await SpareEstate.make()
    const { file } = await estate.prepare()
    const { dir } = await estate.activate(file)
    estate.clock.now += days(61)
    const host = await estate.serve(dir)
    const machine = await estate.machine()
    expect(await ask(machine, host)).toBe('SPARE_NOT_CONFIRMED')
    const authority = await listening(estate)
    await confirmSpare(dir, { authority, now: estate.clock.now })
    expect(await ask(machine, host)).toBe('activated')
    expect(host.status()).not.toHaveProperty('spare')
    await expect(confirmSpare(dir, { authority, now: estate.clock.now })).rejects.toMatchObject({ code: 'USAGE' })
  })

  it('is activated anew, keeps the old ledger aside, and serves and indexes the new one at once', async () => {
    const estate = await SpareEstate.make()
    const host = await estate.serve(estate.dir)
    const authority = await listening(estate)
    const machine = await estate.machine()
    expect(await ask(machine, host)).toBe('activated')
    const before = host.status().logId
    const { now } = estate.clock
    const activated = await activateHost(estate.dir, { authority, now, probe })
    expect(toHex(activated.logId)).not.toBe(before)
    expect(host.status()).toMatchObject({ state: 'licensed', logId: toHex(activated.logId), machines: 0 })
    expect(await ask(machine, host)).toBe('activated')
    expect(host.status()).toMatchObject({ machines: 1, twins: 0 })
    const index = await askHost(estate.dir, { verb: 'index-sync' }, { now: () => now })
    expect(index).toMatchObject({ behind: 0 })
    await host.close()
    expect(await verifyHostLedger(estate.dir)).toMatchObject({ verified: true, logId: toHex(activated.logId) })
  })
})
