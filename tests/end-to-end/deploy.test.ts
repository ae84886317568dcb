import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { hostUnit } from '../../apps/cli/src/service-unit.ts'
import { clone } from './volact.fixture.ts'

function deployed(...names: readonly string[]): string {
  return join(clone, 'deploy', ...names)
}

function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`)
  return stdout + stderr
}

describe('what is deployed beside a host', () => {
  it('alerts as it should, and only then, by the word of promtool', () => {
    expect(run('promtool', 'check', 'rules', deployed('prometheus', 'volact-host.rules.yml'))).toContain('SUCCESS')
    expect(run('promtool', 'test', 'rules', deployed('prometheus', 'volact-host.rules.test.yml'))).toContain('SUCCESS')
    expect(run('promtool', 'check', 'config', deployed('prometheus', 'prometheus.yml'))).toContain('SUCCESS')
  })

  it('has a test for every alert', () => {
    const [rules, tests] = ['volact-host.rules.yml', 'volact-host.rules.test.yml'].map((name) => {
      return readFileSync(deployed('prometheus', name), 'utf8')
    })
    const alerts = [...(rules ?? '').matchAll(/- alert: (\w+)/g)].map(([, alert = '']) => alert)
    expect(alerts.length).toBeGreaterThan(8)
    expect(alerts.filter((alert) => !(tests ?? '').includes(`alertname: ${alert}\n`))).toEqual([])
  })

  it('asks for no metric that a host does not have', () => {
    const sources = ['host', 'vendor', 'process', 'traffic', 'slack', 'door', 'size'].map((name) => {
      return readFileSync(join(clone, 'services', 'host', 'src', 'metrics', `${name}-metrics.ts`), 'utf8')
    })
    const known = sources.join('')
    const asked = [
      readFileSync(deployed('prometheus', 'volact-host.rules.yml'), 'utf8'),
      readFileSync(deployed('grafana', 'volact-host.json'), 'utf8'),
    ].flatMap((text) => [...text.matchAll(/volact_host_(\w+)/g)].map(([, name = '']) => name))
    const base = asked.map((name) => name.replace(/_(?:bucket|sum|count)$/, ''))
    expect([...new Set(base)].filter((name) => !known.includes(`'${name}'`))).toEqual([])
  })

  it('runs as a unit that systemd understands, and that "host setup" writes', () => {
    const unit = readFileSync(deployed('systemd', 'volact-host.service'), 'utf8')
    expect(unit).toBe(hostUnit({ command: ['/usr/bin/volact'] }))
    const dir = temporaryFolder()
    copyFileSync('/bin/true', join(dir, 'volact'))
    const path = join(dir, 'volact-host.service')
    writeFileSync(path, hostUnit({ command: [join(dir, 'volact')], dir: '/srv/a folder' }))
    expect(run('systemd-analyze', 'verify', '--man=no', path)).not.toContain('volact-host.service:')
  })
})
