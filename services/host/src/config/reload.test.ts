import { parseGrant } from '@volact/core/document/grant'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeActivatedHost, serve } from '../host.fixture.ts'
import { ask, TestConnection, TestMachine } from '../machine.fixture.ts'
import { reloadIfRunning } from '../reload-if-running.ts'
import { startHost } from '../start-host.ts'
import { makeVendor, start } from '../vendor.fixture.ts'
import { changeConfig } from './change-config.ts'
import { fileOnly, loadConfig } from './load-config.ts'

const vendor = makeVendor({ threshold: 1 })

describe('a host that reads its settings again', () => {
  it('gives other intervals from then on, on the connection that was open before, in grants and refusals', async () => {
    const dir = await makeActivatedHost(vendor)
    const host = await serve(dir, { now: start }, { settings: () => loadConfig(dir, fileOnly) })
    const connection = await TestConnection.open(host.address)
    const intervals = async (name: string): Promise<object> => {
      connection.send(new TestMachine(name).request(vendor.desktop, start).message)
      const answer = await connection.next()
      if (answer?.kind !== 'grant') throw new Error('no grant')
      const { activationMinutes, renewalMinutes } = parseGrant(answer.entry)
      return { activationMinutes, renewalMinutes }
    }
    expect(await intervals('a')).toEqual({ activationMinutes: 120, renewalMinutes: 10_080 })
    changeConfig(dir, [
      { key: 'intervals.activation', text: '15' },
      { key: 'intervals.renewal', text: '1440' },
    ])
    expect(await reloadIfRunning(dir)).toEqual({
      taken: ['intervals.activation', 'intervals.renewal'],
      afterRestart: [],
    })
    expect(await intervals('b')).toEqual({ activationMinutes: 15, renewalMinutes: 1_440 })
    connection.close()
  })

  it('leaves what the certificate says as it is', async () => {
    const dir = await makeActivatedHost(vendor, { intervals: { activationMinutes: 60, renewalMinutes: 600 } })
    changeConfig(dir, [{ key: 'intervals.renewal', text: '1440' }])
    const host = await serve(dir, { now: start }, { settings: () => loadConfig(dir, fileOnly) })
    const answer = await ask(host.address, new TestMachine('a').request(vendor.desktop, start).message)
    if (answer.kind !== 'grant') throw new Error('no grant')
    expect(parseGrant(answer.entry)).toMatchObject({ renewalMinutes: 600 })
  })

  it('says what holds only after a restart, and takes nothing at all where anything is wrong', async () => {
    const dir = await makeActivatedHost(vendor)
    let flags = [{ key: 'admin.listen', text: 'off', where: '--admin' }]
    const host = await serve(dir, { now: start }, { settings: () => loadConfig(dir, { env: {}, flags }) })
    flags = [{ key: 'admin.listen', text: '127.0.0.1:0', where: '--admin' }]
    expect(await host.reload()).toEqual({ taken: [], afterRestart: ['admin.listen'] })
    // It is still so when it is asked again.
    expect(await host.reload()).toEqual({ taken: [], afterRestart: ['admin.listen'] })
    flags = [
      { key: 'intervals.renewal', text: '15', where: '--set' },
      { key: 'priority', text: 'high', where: '--set' },
    ]
    await expect(reloadIfRunning(dir)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    const answer = await ask(host.address, new TestMachine('a').request(vendor.desktop, start).message)
    if (answer.kind !== 'grant') throw new Error('no grant')
    expect(parseGrant(answer.entry)).toMatchObject({ renewalMinutes: 10_080 })
  })

  it('moves to another port, and answers there', async () => {
    const dir = await makeActivatedHost(vendor)
    let text = '127.0.0.1:0'
    const settings = (): ReturnType<typeof loadConfig> =>
      loadConfig(dir, { env: {}, flags: [{ key: 'listen', text, where: '--listen' }] })
    const host = await startHost({ dir, now: () => start, elapsed: () => start, settings })
    onTestFinished(() => host.close())
    const before = host.address
    text = '127.0.0.2:0'
    expect(await host.reload()).toMatchObject({ taken: ['listen'] })
    expect(host.address).not.toBe(before)
    expect(await ask(host.address, { kind: 'host-information-query' })).toMatchObject({ kind: 'host-information' })
  })

  it('where nothing runs, there is nothing to do', async () => {
    expect(await reloadIfRunning(await makeActivatedHost(vendor))).toBeUndefined()
  })
})
