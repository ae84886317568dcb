import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { isPoolProof, parsePoolToken } from '@volact/core/document/pool-token'
import { openRequest, requestDigest } from '@volact/core/document/request'
import { days, hours } from '@volact/core/time'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import {
  activation,
  catalog,
  codeOf,
  grantFor,
  opener,
  releasedBy,
  type ScriptedHost,
  setupKey,
  TestClock,
  TestVendor,
} from '../client.fixture.ts'
import type { Client } from '../client.ts'
import { openClient } from '../open-client.ts'
import { startScripted } from '../setting.fixture.ts'

const vendor = new TestVendor()
const host = vendor.host()
const poolToken = 'volact-pool:vdi-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
const clock = new TestClock()

function serve(): Promise<ScriptedHost> {
  return startScripted((message) =>
    message.kind === 'release'
      ? releasedBy(host, message, clock.time)
      : grantFor(host, activation(message).request, clock.time, { expires: clock.time + hours(24) }),
  )
}

/** Opens an ephemeral machine as it starts: its image has a key, or its program installs it. */
async function start(dir: string, server: ScriptedHost, continues = false): Promise<Client> {
  const client = await opener(vendor, dir, clock, { ephemeral: { poolToken, continues } })()
  client.installKey(setupKey)
  client.setHost(server.address)
  return client
}

describe('an ephemeral machine (rule 38)', () => {
  it('has a fresh key at each start, says what it is, and proves its pool’s token over exactly its request', async () => {
    const [dir, server] = [temporaryFolder(), await serve()]
    for (const times of [1, 2]) {
      const client = await start(dir, server)
      expect(client.status()).toMatchObject({ ephemeral: true, products: ['desktop-1'] })
      expect(await client.activate()).toMatchObject({ outcome: 'activated' })
      expect(client.status()).toMatchObject({ state: 'licensed', expires: clock.time + hours(24) })
      await client.close()
      expect(server.messages).toHaveLength(2 * times)
    }
    const { secret } = parsePoolToken(poolToken)
    const asked = server.messages.filter(({ kind }) => kind === 'activate').map(activation)
    for (const { pool, request } of asked) {
      expect(pool?.id).toBe('vdi-1')
      expect(pool !== undefined && isPoolProof(secret, pool, requestDigest(request))).toBe(true)
      expect(openRequest(request).request.flags).toMatchObject({ ephemeral: true })
    }
    expect(new Set(asked.map(({ request }) => toHex(openRequest(request).machine))).size).toBe(2)
  })

  it('gets what the catalog gives it: by default no grace', async () => {
    const client = await start(temporaryFolder(), await serve())
    // The sample’s is one hour.
    expect(client.status()).toMatchObject({ state: 'initial-grace', expires: clock.time + hours(1) })
    await client.close()
  })

  it('gives its lease back when it ends, and leaves nothing where it lived alone', async () => {
    const server = await serve()
    const place = temporaryFolder()
    vi.stubEnv('TMPDIR', place)
    onTestFinished(() => {
      vi.unstubAllEnvs()
    })
    const vendors = [{ roots: [vendor.root.der], policy: catalog }]
    const client = await openClient({ ephemeral: { poolToken }, now: clock.now, vendors })
    expect(readdirSync(place)).toHaveLength(1)
    client.installKey(setupKey)
    await client.activate({ host: server.address })
    await client.close()
    expect(server.messages.map(({ kind }) => kind)).toEqual(['activate', 'release'])
    expect(readdirSync(place)).toEqual([])
  })

  it('ends in time when its host is gone', async () => {
    const server = await serve()
    const client = await start(temporaryFolder(), server)
    await client.activate()
    server.reply = () => 'close'
    await client.close()
    expect(client.status().state).toBe('licensed')
  })

  it('goes on where it is asked to, as one command after another does', async () => {
    const [dir, server] = [temporaryFolder(), await serve()]
    const first = await start(dir, server, true)
    await first.activate()
    await first.close()
    const second = await opener(vendor, dir, clock, { ephemeral: { poolToken, continues: true } })()
    expect(second.status()).toMatchObject({ state: 'licensed', machineId: first.status().machineId, ephemeral: true })
    const bare = await opener(vendor, dir, clock)()
    expect(bare.status()).toMatchObject({ state: 'licensed', ephemeral: true })
    expect(await codeOf(() => bare.activate())).toBe('POOL_TOKEN_INVALID')
  })

  it('lives in a folder alone', async () => {
    const [dir, server] = [temporaryFolder(), await serve()]
    const client = await start(dir, server)
    expect(await codeOf(() => start(dir, server))).toBe('FOLDER_IN_USE')
    await client.close()
    await (await start(dir, server)).close()
  })

  it('is not opened with what is no token, which is not quoted', async () => {
    const opened = opener(vendor, temporaryFolder(), clock, { ephemeral: { poolToken: 'volact-pool:x:secret' } })()
    await expect(opened).rejects.toMatchObject({ code: 'POOL_TOKEN_INVALID' })
    await expect(opened).rejects.not.toThrow('secret')
  })

  it('keeps nothing of the token in its folder', async () => {
    const [dir, server] = [temporaryFolder(), await serve()]
    const client = await start(dir, server, true)
    await client.activate()
    clock.time += days(1)
    const texts = readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'latin1'))
    expect(texts.join()).not.toContain('AAECAwQF')
  })
})
