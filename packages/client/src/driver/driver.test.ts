import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { days, hours, minutes } from '@volact/core/time'
import { lockFolder } from '@volact/files/lock'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { honest, noNetwork, opener, type ScriptedHost, setupKey, TestVendor } from '../client.fixture.ts'
import type { Client } from '../client.ts'
import { startScripted } from '../setting.fixture.ts'
import { VirtualTime } from './virtual-time.fixture.ts'

const vendor = new TestVendor()
const host = vendor.host()
/** Its group is covered by none of the host's, but its setup key is one of the same vendor. */
const otherKey = 'GRJQK-VRRPC-J72F6-4CH3B-GX2CV'

interface Scene {
  readonly time: VirtualTime
  readonly server: ScriptedHost
  readonly dir: string
  readonly open: () => Promise<Client>
  readonly client: Client
}

/** A client with a key and a host that can be reached, which grants. */
async function scene(): Promise<Scene> {
  const [time, dir] = [new VirtualTime(), temporaryFolder()]
  const server = await startScripted(honest(host, time.now))
  const open = opener(vendor, dir, time, { monotonic: time.monotonic })
  const client = await open()
  client.installKey(setupKey)
  client.setHost(server.address)
  return { time, server, dir, open, client }
}

describe('a client that runs', () => {
  it('activates within a minute of its start, and renews each week by itself', async () => {
    const { time, server, client } = await scene()
    await time.start(client)
    await time.pass(minutes(1))
    expect(client.license()).toMatchObject({ licensed: true, state: 'licensed', enforcement: 'none' })
    expect(server.messages).toHaveLength(1)
    await time.pass(days(15))
    expect(server.messages).toHaveLength(3)
    expect(client.license().expires).toBeGreaterThan(time.time + days(172))
  })

  it('says what comes next, of which product, and when', async () => {
    const { time, client } = await scene()
    const running = await time.start(client)
    expect(running.next).toMatchObject({ kind: 'attempt', cause: 'start', product: 'desktop-1' })
    await time.pass(minutes(2))
    expect(running.next).toMatchObject({ kind: 'attempt', cause: 'renewal', at: client.license().nextAttempt })
  })

  it('does after a sleep of a month what is due, once, and soon', async () => {
    const { time, server, client } = await scene()
    await time.start(client)
    await time.pass(minutes(2))
    time.sleep(days(30))
    await time.pass(minutes(3))
    expect(server.messages).toHaveLength(2)
    expect(client.license().expires).toBeGreaterThan(time.time + days(179))
  })

  it('tries again after a failure, each 90 to 120 minutes', async () => {
    const { time, server, client } = await scene()
    server.reply = () => 'close'
    await time.start(client)
    await time.pass(hours(12))
    expect(server.messages.length).toBeGreaterThanOrEqual(7)
    expect(server.messages.length).toBeLessThanOrEqual(9)
    expect(client.license()).toMatchObject({
      licensed: false,
      state: 'initial-grace',
      lastAttempt: { code: 'HOST_MUTE' },
    })
    expect(client.license().notes.join()).toContain('HOST_MUTE')
  })

  it('looks for a host no more often where there is none to be found, and says so', async () => {
    const [time, dir] = [new VirtualTime(), temporaryFolder()]
    let looks = 0
    const network = (): ReturnType<typeof noNetwork> => {
      looks += 1
      return noNetwork()
    }
    const client = await opener(vendor, dir, time, { monotonic: time.monotonic, network })()
    client.installKey(setupKey)
    await time.start(client)
    await time.pass(hours(12))
    expect(looks).toBeGreaterThanOrEqual(7)
    expect(looks).toBeLessThanOrEqual(9)
    expect(client.license().notes.join()).toContain('DNS_NO_SUFFIX')
  })

  it('is brought to a try by a change of the network within a quarter of an hour after a failure, and later not', async () => {
    const { time, server, client } = await scene()
    let addresses = 'wlan0 192.0.2.7'
    server.reply = () => 'close'
    await time.start(client, { addresses: () => addresses })
    await time.pass(minutes(5))
    expect(server.messages).toHaveLength(1)
    addresses = 'eth0 198.51.100.7'
    await time.pass(minutes(2))
    expect(server.messages).toHaveLength(2)
    await time.pass(minutes(20))
    addresses = 'eth0 198.51.100.8'
    await time.pass(minutes(20))
    expect(server.messages).toHaveLength(2)
  })

  it('listens to who tells of changes of the network, and no longer when it is stopped', async () => {
    const { time, server, client } = await scene()
    let tell: (() => void) | undefined
    server.reply = () => 'close'
    const network = (changed: () => void) => {
      tell = changed
      return () => (tell = undefined)
    }
    const running = await time.start(client, { network })
    await time.pass(minutes(3))
    tell?.()
    await time.pass(minutes(2))
    expect(server.messages).toHaveLength(2)
    await running.stop()
    expect(tell).toBeUndefined()
  })

  it('goes on renewing with a clock that is set back by a year, and asks no more often for it (rule 42)', async () => {
    const { time, server, client } = await scene()
    await time.start(client)
    await time.pass(minutes(2))
    const begin = time.time - time.monotonic()
    time.time -= days(365)
    server.reply = () => 'close'
    await time.pass(days(7))
    const tries = server.messages.length
    await time.pass(hours(12))
    expect(server.messages.length - tries).toBeLessThanOrEqual(9)
    expect(server.messages.length - tries).toBeGreaterThanOrEqual(6)
    server.reply = honest(host, () => begin + time.monotonic())
    await time.pass(hours(2))
    expect(client.license()).toMatchObject({ licensed: true, lastAttempt: { outcome: 'granted' } })
  })

  it('sets a clock right that was years ahead with the next signed answer, and goes on as before (rule 42)', async () => {
    const { time, server, client } = await scene()
    await time.start(client)
    await time.pass(minutes(2))
    const ahead = days(30_000)
    server.reply = honest(host, () => time.time - ahead)
    time.time += ahead
    await time.pass(hours(2))
    expect(client.license()).toMatchObject({ licensed: true })
    const asked = server.messages.length
    await time.pass(days(3))
    expect(server.messages).toHaveLength(asked)
    await time.pass(days(4))
    expect(server.messages).toHaveLength(asked + 1)
  })

  it('serves the products of a machine one after the other', async () => {
    const { time, server, client } = await scene()
    client.installKey(otherKey)
    const open = { now: 0, most: 0 }
    const reply = honest(host, time.now)
    server.reply = (message, socket) => {
      open.now += 1
      open.most = Math.max(open.most, open.now)
      socket.once('close', () => (open.now -= 1))
      return reply(message)
    }
    await time.start(client)
    await time.pass(minutes(2))
    expect(server.requests.map(({ request }) => Buffer.from(request.product).toString('hex').slice(0, 8))).toEqual([
      '387f2bf7',
      '8a044110',
    ])
    expect(open.most).toBe(1)
  })

  it('tries again within a minute or two while another program has the folder, and activates once it is free', async () => {
    const { time, client, dir } = await scene()
    const lock = lockFolder(dir)
    await time.start(client)
    await time.pass(minutes(3))
    expect(client.license().licensed).toBe(false)
    expect(client.license().notes.join()).toContain('FOLDER_IN_USE')
    lock.release()
    await time.pass(minutes(4))
    expect(client.license()).toMatchObject({ licensed: true, notes: [] })
  })

  it('survives a disk that fails, asks nobody then, and activates once it works again', async () => {
    const { time, server, client, dir } = await scene()
    rmSync(join(dir, 'pending'), { recursive: true, force: true })
    writeFileSync(join(dir, 'pending'), '')
    await time.start(client)
    await time.pass(hours(1))
    expect(server.messages).toHaveLength(0)
    expect(client.license()).toMatchObject({ state: 'initial-grace' })
    rmSync(join(dir, 'pending'))
    await time.pass(minutes(16))
    expect(client.license()).toMatchObject({ licensed: true, notes: [] })
  })

  it('leaves the renewal to whichever program of the machine comes first, and sees its lease', async () => {
    const { time, server, client, open } = await scene()
    const other = await open()
    const seen: boolean[] = []
    other.watch(({ licensed }) => seen.push(licensed))
    await time.start(client)
    await time.start(other)
    await time.pass(days(8))
    expect(server.messages).toHaveLength(2)
    expect(other.license()).toEqual(client.license())
    expect(seen[0]).toBe(true)
  })

  it('no longer notes its own failure once another program was granted the lease', async () => {
    const { time, server, client, open } = await scene()
    server.reply = () => 'close'
    await time.start(client)
    await time.pass(minutes(2))
    expect(client.license().notes.join()).toContain('HOST_MUTE')
    server.reply = honest(host, time.now)
    await (await open()).activate()
    await time.pass(minutes(2))
    expect(client.license()).toMatchObject({ licensed: true, notes: [] })
  })

  it('asks at once when it is told to, whatever is planned', async () => {
    const { time, server, client } = await scene()
    const running = await time.start(client)
    await time.pass(minutes(2))
    const tried = running.tryNow()
    await tried
    expect(server.messages).toHaveLength(2)
  })

  it('stops at once in the middle of an attempt, and keeps its request for the next one (rule 14)', async () => {
    const { time, server, client } = await scene()
    const asked = Promise.withResolvers<undefined>()
    server.reply = () => {
      asked.resolve(undefined)
      return 'silence'
    }
    const running = client.start({ wait: time.wait, addresses: () => '' })
    const tried = running.tryNow()
    await asked.promise
    await Promise.all([running.stop(), tried])
    expect(client.license().lastAttempt).toBeUndefined()
    server.reply = honest(host, time.now)
    await client.activate()
    expect(server.bytes[1]).toEqual(server.bytes[0])
    await running.tryNow()
    expect(server.messages).toHaveLength(2)
  })

  it('begins to serve a product as soon as its key is installed, by whatever program', async () => {
    const { time, server, client, open } = await scene()
    client.removeKey()
    const running = await time.start(client)
    await time.pass(hours(1))
    expect(running.next).toBeUndefined()
    const other = await open()
    other.installKey(setupKey)
    await time.pass(minutes(3))
    expect(server.messages).toHaveLength(1)
    expect(client.license().licensed).toBe(true)
  })
})

describe('reminders', () => {
  it('come each four hours in the last days of a lease that cannot be renewed, hourly in the last day, and after it', async () => {
    const { time, server, client } = await scene()
    server.reply = honest(host, time.now, { expires: time.time + days(12) })
    const shown: number[] = []
    await time.start(client, { remind: () => shown.push(time.time) })
    await time.pass(minutes(2))
    server.reply = () => 'close'
    const end = client.license().expires ?? 0
    await time.pass(end - time.time - days(2) - minutes(5))
    // The one of the grace at the very start.
    expect(shown).toHaveLength(1)
    await time.pass(days(1) + minutes(5))
    expect(shown.length).toBeGreaterThanOrEqual(7)
    expect(shown.length).toBeLessThanOrEqual(8)
    await time.pass(days(1))
    expect(shown.length).toBeGreaterThanOrEqual(29)
  })
})
