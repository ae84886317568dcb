import { copyFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { days } from '@volact/core/time'
import { lockFolder } from '@volact/files/lock'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { hardware, honest, opener, setupKey, TestVendor } from '../client.fixture.ts'
import type { HardwareFacts } from '../hardware/hardware-facts.ts'
import { newClient, type Setting, startScripted } from '../setting.fixture.ts'
import { writeSimulatedHardware } from '../simulated-hardware.ts'

const vendor = new TestVendor()

/** A machine with a board, a disk and eight other parts, each of which can be exchanged. */
function machineOf(name: string, parts: Readonly<Record<number, string>> = {}): HardwareFacts {
  const components = Array.from({ length: 10 }, (_, place) => parts[place] ?? `${name} ${String(place)}`)
  const systemUuid = `${name.padEnd(8, '0').slice(0, 8)}-5b6a-4798-8a1b-2c3d4e5f6071`
  return { ...hardware, systemUuid, boardSerial: `BRD-${name}`, diskSerial: components[0], components, hostname: name }
}

const machineA = machineOf('0a')
const machineB = machineOf('0b')

interface Moved extends Setting {
  /** Puts the folder's next opening, or activation, onto hardware. */
  facts: HardwareFacts
}

/** A client that is licensed on machine A, whose folder can be put into other machines. */
async function licensed(): Promise<Moved> {
  const moved = { facts: machineA }
  const setting = await newClient(vendor, { probe: () => Promise.resolve(moved.facts) })
  const server = await startScripted(honest(vendor.host(), setting.clock.now))
  setting.client.installKey(setupKey)
  setting.client.setHost(server.address)
  await setting.client.activate()
  return Object.assign(moved, setting)
}

describe('a folder that was copied to other hardware', () => {
  it('makes itself a new identity at the first start, keeps its keys and its host, and says so (rule 34)', async () => {
    const on = await licensed()
    const { machineId, host } = on.client.status()
    on.clock.time += days(20)
    on.facts = machineB
    const copy = await on.reopen()
    const status = copy.status()
    expect(status).toMatchObject({
      ...{ state: 'initial-grace', products: ['desktop-1'], host, events: [{ code: 'MACHINE_COPIED' }] },
      // Grace belongs to hardware (rule 37).
      expires: on.clock.time + days(30),
    })
    expect(status.machineId).not.toBe(machineId)
    expect(existsSync(join(on.dir, 'licenses', 'anything'))).toBe(false)
    expect((await on.reopen()).status()).toEqual(status)
    expect(await copy.activate()).toMatchObject({ outcome: 'activated' })
    expect(copy.status()).toMatchObject({ state: 'licensed', machineId: status.machineId, notes: [] })
  })

  it('names no grant of the other machine, and still knows the ledger (rules 13, 26)', async () => {
    const on = await licensed()
    const server = await startScripted(honest(vendor.host(), on.clock.now))
    on.facts = machineB
    const copy = await on.reopen()
    await copy.activate({ host: server.address })
    const [request] = server.requests
    expect(request?.request.prev).toBeUndefined()
    expect(request?.request.checkpoint).toBeDefined()
  })

  it('is not licensed for a moment, whoever has the folder in use', async () => {
    const on = await licensed()
    on.facts = machineB
    const lock = lockFolder(on.dir)
    const copy = await on.reopen()
    expect(copy.status()).toMatchObject({ state: 'initial-grace', features: [] })
    expect(copy.status().notes.join()).toContain('this folder was made on other hardware')
    lock.release()
    expect((await on.reopen()).status()).toMatchObject({ state: 'initial-grace', events: [{ code: 'MACHINE_COPIED' }] })
  })

  it('is found by an activation, too, in a program that was open all the time', async () => {
    const on = await licensed()
    const { machineId } = on.client.status()
    on.facts = machineB
    expect(await on.client.activate()).toMatchObject({ outcome: 'activated' })
    expect(on.client.status().machineId).not.toBe(machineId)
  })

  it('whose seal was taken away is out of tolerance, as its lease was granted for other hardware', async () => {
    const on = await licensed()
    rmSync(join(on.dir, 'seal'))
    on.facts = machineB
    expect((await on.reopen()).status()).toMatchObject({
      ...{ state: 'out-of-tolerance-grace', reason: 'HARDWARE_OUT_OF_TOLERANCE' },
    })
  })

  it('whose seal was taken away stays so at every start until it is renewed (rule 36)', async () => {
    const on = await licensed()
    rmSync(join(on.dir, 'seal'))
    on.facts = machineB
    const since = on.clock.time
    for (let start = 0; start < 3; start++) {
      on.clock.time += days(1)
      expect((await on.reopen()).status()).toMatchObject({
        ...{ state: 'out-of-tolerance-grace', expires: since + days(31) },
      })
    }
    expect(await on.client.activate()).toMatchObject({ outcome: 'activated' })
    expect((await on.reopen()).status().state).toBe('licensed')
  })

  it('and has lost its lease, too, is in the grace of a machine that never had one', async () => {
    const on = await licensed()
    on.facts = { ...machineB, systemUuid: machineA.systemUuid }
    expect((await on.reopen()).status().reason).toBe('HARDWARE_OUT_OF_TOLERANCE')
    rmSync(join(on.dir, 'licenses'), { recursive: true })
    expect((await on.reopen()).status()).toMatchObject({ state: 'initial-grace', reason: 'IN_INITIAL_GRACE' })
  })

  it('gets nothing from the seal of another folder: it is not made with its key', async () => {
    const on = await licensed()
    const other = await newClient(vendor, { probe: () => Promise.resolve(machineB) })
    copyFileSync(join(other.dir, 'seal'), join(on.dir, 'seal'))
    on.facts = machineB
    expect((await on.reopen()).status().state).toBe('out-of-tolerance-grace')
  })

  it('of which the making of the identity was broken off after the key is finished by the next', async () => {
    const on = await licensed()
    const other = await newClient(vendor)
    copyFileSync(join(other.dir, 'device.key'), join(on.dir, 'device.key'))
    const client = await on.reopen()
    expect(client.status()).toMatchObject({ state: 'initial-grace', notes: [] })
    expect(await client.activate()).toMatchObject({ outcome: 'activated' })
    expect((await on.reopen()).status()).toMatchObject({ state: 'licensed', notes: [] })
  })

  it('is found by an account that reads less of the hardware than the one that sealed it', async () => {
    const on = await licensed()
    // The same model: all but disk and network card is equal, and what only root reads cannot be compared.
    on.facts = {
      ...machineOf('0a', { 0: 'other disk', 5: 'other card' }),
      systemUuid: undefined,
      boardSerial: undefined,
    }
    expect((await on.reopen()).status()).toMatchObject({
      ...{ state: 'initial-grace', events: [{ code: 'MACHINE_COPIED' }] },
    })
  })

  it('of a lab gets its machine ID by the lab’s probe, and both machines have their own', async () => {
    const lab = new TestVendor('for tests')
    const first = await newClient(lab)
    writeSimulatedHardware(first.dir, machineA)
    const [one, copied] = [await first.reopen(), join(temporaryFolder(), 'copy')]
    cpSync(first.dir, copied, { recursive: true })
    writeSimulatedHardware(copied, machineB)
    const two = await opener(lab, copied, first.clock)()
    expect(two.status().machineId).not.toBe(one.status().machineId)
    expect((await first.reopen()).status().machineId).toBe(one.status().machineId)
  })
})

describe('hardware that changes', () => {
  it('within tolerance changes nothing, and is accepted by the next grant (rule 36)', async () => {
    const on = await licensed()
    const { machineId } = on.client.status()
    const sealed = (): string => readFileSync(join(on.dir, 'seal')).toString('hex')
    const before = sealed()
    on.facts = machineOf('0a', { 0: 'new disk', 5: 'new card' })
    const client = await on.reopen()
    expect(client.status()).toMatchObject({ state: 'licensed', machineId, notes: [] })
    expect(sealed()).toBe(before)
    await client.activate()
    expect(sealed()).not.toBe(before)
    expect(client.status()).toMatchObject({ state: 'licensed', machineId })
  })

  it('one piece a month for two years is the same machine all the time', async () => {
    const on = await licensed()
    const { machineId } = on.client.status()
    const parts: Record<number, string> = {}
    for (let month = 0; month < 24; month++) {
      on.clock.time += days(30)
      parts[month % 10] = `of month ${String(month)}`
      on.facts = { ...machineOf('0a', parts), ...(month === 11 && { boardSerial: 'BRD-new' }) }
      const client = await on.reopen()
      expect(client.status()).toMatchObject({ state: 'licensed', machineId })
      expect(await client.activate()).toMatchObject({ outcome: 'activated' })
    }
  })

  it('one piece a month without a renewal is out of tolerance in the end, and a renewal heals it', async () => {
    const on = await licensed()
    const { machineId } = on.client.status()
    // Firmware, processor, two controllers, network card, sound: 21 of 35. Then the disk: 32.
    const parts: Record<number, string> = { 1: 'new 1', 2: 'new 2', 3: 'new 3', 4: 'new 4', 5: 'new 5', 6: 'new 6' }
    on.facts = machineOf('0a', parts)
    expect((await on.reopen()).status().state).toBe('licensed')
    on.facts = machineOf('0a', { ...parts, 0: 'new 0' })
    on.clock.time += days(10)
    const client = await on.reopen()
    expect(client.status()).toMatchObject({
      ...{ state: 'out-of-tolerance-grace', number: 3, reason: 'HARDWARE_OUT_OF_TOLERANCE', machineId },
      expires: on.clock.time + days(30),
    })
    on.clock.time += days(5)
    expect((await on.reopen()).status().expires).toBe(on.clock.time + days(25))
    await client.activate()
    expect(client.status()).toMatchObject({ state: 'licensed', machineId })
    expect((await on.reopen()).status()).toMatchObject({ state: 'licensed', machineId, notes: [] })
  })

  it('and is put back is what it was', async () => {
    const on = await licensed()
    on.facts = machineOf('0a', { 0: 'new 0', 1: 'new 1', 2: 'new 2', 3: 'new 3' })
    expect((await on.reopen()).status().state).toBe('out-of-tolerance-grace')
    on.facts = machineA
    expect((await on.reopen()).status().state).toBe('licensed')
  })

  it('is none where an account reads less of it, nor where another one reads more', async () => {
    const on = await licensed()
    const { machineId } = on.client.status()
    const nothing = Array<undefined>(10).fill(undefined)
    const little = { ...machineA, systemUuid: undefined, boardSerial: undefined, components: nothing }
    for (const facts of [little, { ...little, diskSerial: undefined }, machineA]) {
      on.facts = facts
      expect((await on.reopen()).status()).toMatchObject({ state: 'licensed', machineId })
    }
    // What an account could not read is not forgotten by a grant that it got.
    on.facts = little
    await on.client.activate()
    on.facts = machineB
    expect((await on.reopen()).status().events).toMatchObject([{ code: 'MACHINE_COPIED' }])
  })
})

describe('the seal', () => {
  it('holds digests only, other ones in each folder (rule 33)', async () => {
    const [one, two] = [await licensed(), await licensed()]
    const seals = [one, two].map(({ dir }) => readFileSync(join(dir, 'seal')))
    for (const text of [machineA.systemUuid, machineA.boardSerial, ...machineA.components]) {
      for (const seal of seals) expect(seal.includes(String(text))).toBe(false)
    }
    const digests = seals.map((seal) => [...toHex(seal).matchAll(/48([0-9a-f]{16})/g)].map(([, digest]) => digest))
    expect(digests[0]?.length).toBeGreaterThanOrEqual(13)
    expect(digests[0]?.filter((digest) => digests[1]?.includes(digest))).toEqual([])
  })

  it('with any byte altered is not believed', async () => {
    const on = await licensed()
    const whole = readFileSync(join(on.dir, 'seal'))
    on.facts = machineB
    for (let at = 20; at < whole.length; at += 23) {
      writeFileSync(
        join(on.dir, 'seal'),
        Uint8Array.from(whole, (byte, place) => (place === at ? byte ^ 1 : byte)),
      )
      expect((await on.reopen()).status().state).toBe('out-of-tolerance-grace')
    }
  })

  it('waits for no slow probe: it is judged when it comes', async () => {
    const on = await licensed()
    const { promise, resolve } = Promise.withResolvers<HardwareFacts>()
    const client = await opener(vendor, on.dir, on.clock, { probe: () => promise })()
    expect(client.status().state).toBe('licensed')
    resolve(machineB)
    await promise
    await new Promise(setImmediate)
    expect(client.status()).toMatchObject({ state: 'initial-grace', events: [{ code: 'MACHINE_COPIED' }] })
  })

  it('says when nothing was found out, and keeps nobody from opening', async () => {
    const lab = new TestVendor('for tests')
    const { dir, reopen } = await newClient(lab)
    writeFileSync(join(dir, 'hardware.json'), 'damage')
    expect((await reopen()).status().notes.join()).toContain('does not describe hardware')
  })
})
