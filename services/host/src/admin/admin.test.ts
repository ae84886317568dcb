import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { days } from '@volact/core/time'
import { freePort } from '@volact/testkit/free-port'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it, onTestFinished } from 'vitest'
import { usualConfig } from '../config/host-config.ts'
import { type LoadedConfig, usualSettings } from '../config/load-config.ts'
import { makeActivatedHost, makeHost, serve } from '../host.fixture.ts'
import { ask, TestMachine } from '../machine.fixture.ts'
import { makeVendor, start } from '../vendor.fixture.ts'
import { startAdmin } from './admin-server.ts'
import { readinessOf, writeProblemOf } from './readiness.ts'

const vendor = makeVendor({ threshold: 2 })
const settings = (): LoadedConfig => ({
  ...usualSettings,
  config: { ...usualConfig, 'admin.listen': { host: '127.0.0.1', port: 0 }, 'alerts.low-count': 7 },
})

async function get(
  address: string | undefined,
  path: string,
  method = 'GET',
): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://${address ?? ''}${path}`, { method })
  return { status: response.status, text: await response.text() }
}

describe('the admin listener', () => {
  it('is not there unless it is set', async () => {
    expect((await serve(await makeHost(vendor))).adminAddress).toBeUndefined()
  })

  it('says that the host lives, and is ready only when it can grant', async () => {
    const bare = await serve(await makeHost(vendor), { now: start }, { settings })
    expect(await get(bare.adminAddress, '/livez')).toEqual({ status: 200, text: 'alive\n' })
    expect(await get(bare.adminAddress, '/readyz')).toMatchObject({
      ...{ status: 503, text: expect.stringContaining('example: not activated') as string },
    })
    const host = await serve(await makeActivatedHost(vendor), { now: start }, { settings })
    expect(await get(host.adminAddress, '/readyz')).toEqual({ status: 200, text: 'ready\n' })
    expect((await get(host.adminAddress, '/')).status).toBe(404)
    expect((await get(host.adminAddress, '/metrics', 'POST')).status).toBe(405)
  })

  it('is not ready when its time is over: of the certificate, of other hardware, of a spare (rules 36 and 47)', async () => {
    const host = await serve(await makeActivatedHost(vendor), { now: start }, { settings })
    const status = { ...host.status(), notAfter: start + 9 }
    expect(readinessOf(status, undefined, start).isReady).toBe(true)
    const over = [{ notAfter: start }, { hardwareEnd: start }, { spare: { predecessor: '', until: start } }]
    for (const end of over) {
      const { reasons } = readinessOf({ ...status, ...end }, undefined, start)
      expect(reasons).toEqual([expect.stringMatching(/^example: its .* ended on /) as string])
    }
  })

  it('lets nobody who only holds connections keep the monitoring out, and survives what it cannot tell', async () => {
    const failing = { readiness: () => Promise.reject(new Error('no status')), metrics: () => Promise.resolve('') }
    const admin = await startAdmin({ host: '127.0.0.1', port: 0 }, failing)
    onTestFinished(() => admin.close())
    const port = Number(admin.address.split(':')[1])
    const silent = Array.from({ length: 80 }, () => connect(port, '127.0.0.1').on('error', () => undefined))
    await Promise.all(silent.map((socket) => once(socket, 'connect')))
    expect(await get(admin.address, '/readyz')).toEqual({ status: 500, text: 'no status\n' })
    for (const socket of silent) socket.destroy()
  })

  it('is not ready where nothing can be recorded', async () => {
    const dir = temporaryFolder()
    expect(await writeProblemOf(dir)).toBeUndefined()
    // Root writes everywhere, but not into what is no folder.
    writeFileSync(join(dir, 'file'), '')
    expect(await writeProblemOf(join(dir, 'file'))).toContain('ENOTDIR')
    mkdirSync(join(dir, 'taken', '.can-record'), { recursive: true })
    expect(await writeProblemOf(join(dir, 'taken'))).toContain('EISDIR')
  })

  it('gives metrics that promtool finds no fault with', async () => {
    const host = await serve(await makeActivatedHost(vendor), { now: start }, { settings })
    await ask(host.address, new TestMachine('a').request(vendor.desktop, start).message)
    const { text } = await get(host.adminAddress, '/metrics')
    expect(text).toContain('volact_host_counted_machines{vendor="example",application="Office"} 1\n')
    expect(text).toContain('volact_host_threshold{vendor="example",application="Office",family="desktop"} 2\n')
    expect(text).toContain('volact_host_low_count_limit_machines{vendor="example",application="Office"} 7\n')
    expect(text).toContain('volact_host_ready 1\n')
    expect(text).toContain('volact_host_refusals_total{code="COUNT_INSUFFICIENT"} 1\n')
    expect(text).toContain('volact_host_batch_entries_bucket{vendor="example",le="1"} 1\n')
    expect(text).toContain('volact_host_requests_total{vendor="example",way="slow"} 1\n')
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    expect(checked.stdout + checked.stderr).toBe('')
    expect(checked.status).toBe(0)
  })

  it('tells how long the count holds if nobody came any more', async () => {
    const clock = { now: start }
    const host = await serve(await makeActivatedHost(vendor), clock, { settings })
    const asking = ['a', 'b', 'c'].map((name) => new TestMachine(name))
    for (const machine of asking) {
      await ask(host.address, machine.request(vendor.desktop, clock.now).message)
      clock.now += days(1)
    }
    const { text } = await get(host.adminAddress, '/metrics')
    const of = (name: string): number => {
      return Number(new RegExp(`^volact_host_${name}{[^}]*family="desktop"} (.*)$`, 'm').exec(text)?.[1])
    }
    // Three days after the first of three, of whom two are needed: the second is the one that must not go.
    expect(of('first_out_seconds')).toBe(days(30 - 3))
    expect(of('threshold_slack_seconds')).toBe(days(30 - 2))
    clock.now += of('threshold_slack_seconds')
    await ask(host.address, { kind: 'host-information-query' })
    expect(host.status().applications[0]?.count).toBe(1)
  })

  it('is scraped by a real Prometheus', async () => {
    const host = await serve(await makeActivatedHost(vendor), { now: start }, { settings })
    const query = await prometheus(host.adminAddress ?? '')
    expect(await query('volact_host_licensed')).toEqual({ vendor: 'example', value: '1' })
    expect(await query('up')).toMatchObject({ value: '1' })
  })
})

/** Starts Prometheus on one host, and gives what asks it for the one sample of a query, as soon as there is one. */
async function prometheus(target: string): Promise<(query: string) => Promise<object>> {
  const dir = temporaryFolder()
  const jobs = `scrape_configs:\n- job_name: volact-host\n  scrape_interval: 100ms\n  scrape_timeout: 100ms\n`
  writeFileSync(join(dir, 'p.yml'), `${jobs}  static_configs: [{ targets: ['${target}'] }]\n`)
  const address = `127.0.0.1:${await freePort()}`
  const flags = [`--config.file=${join(dir, 'p.yml')}`, `--storage.tsdb.path=${join(dir, 'data')}`]
  const child = spawn('prometheus', [...flags, `--web.listen-address=${address}`], { stdio: 'ignore' })
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  return async (query) => {
    for (;;) {
      const found = await sampleOf(`http://${address}/api/v1/query?query=${encodeURIComponent(query)}`)
      if (found !== undefined) return found
      await pause(50)
    }
  }
}

async function sampleOf(url: string): Promise<object | undefined> {
  const response = await fetch(url).catch(() => undefined)
  if (response?.ok !== true) return undefined
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] }
  }
  const [first] = data.result
  const { vendor: of } = first?.metric ?? {}
  return first && { ...(of !== undefined && { vendor: of }), value: first.value[1] }
}
