import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Instant } from '@volact/core/time'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it, onTestFinished } from 'vitest'
import { usualConfig } from '../config/host-config.ts'
import { start } from '../vendor.fixture.ts'
import { ForeignClients } from './foreign-clients.ts'
import { HostLogger, type LogSettings } from './host-logger.ts'
import type { LogEvent } from './log-event.ts'

const event: LogEvent = { level: 'warning', event: 'note', text: 'the disk\nis\u001b[31m full', fields: { path: '/x' } }

interface Opened {
  readonly logger: HostLogger
  readonly written: string[]
  readonly clock: { now: Instant }
}

function open(settings: Partial<LogSettings> = {}): Opened {
  const written: string[] = []
  const clock = { now: start }
  const world = { now: () => clock.now, err: (text: string) => void written.push(text) }
  return { logger: new HostLogger({ ...usualConfig, ...settings }, world), written, clock }
}

describe('the log of a host', () => {
  it.each([
    [{}, '2026-01-01T00:00:00Z warning note: the disk is [31m full\n'],
    [{ 'log.to': 'journald' }, '<4>note: the disk is [31m full\n'],
    [
      { 'log.format': 'json' },
      '{"time":"2026-01-01T00:00:00Z","level":"warning","event":"note","text":"the disk is [31m full","path":"/x"}\n',
    ],
  ] as const)('is one line for each event, whatever a stranger has named: %j', async (settings, line) => {
    const { logger, written } = open(settings)
    logger.write(event)
    expect(written).toEqual([line])
    await logger.close()
  })

  it('says the same once in a minute, and then how often more', async () => {
    const { logger, written, clock } = open()
    for (let time = 0; time < 1_000; time += 1) logger.write(event)
    expect(written).toHaveLength(1)
    clock.now += 60
    logger.write({ ...event, text: 'another' })
    expect(written.map((line) => line.slice(21))).toEqual([
      'warning note: the disk is [31m full\n',
      'warning note: the disk is [31m full (999 times more within a minute)\n',
      'warning note: another\n',
    ])
    logger.write({ ...event, text: 'another' })
    await logger.close()
    expect(written.at(-1)).toContain('another (once more within a minute)')
  })

  it('has no line that another could forge, or a terminal obeys, and none that journald would split', async () => {
    const { logger, written } = open({ 'log.format': 'json' })
    const text = `a\u202eb\n<0>forged\u009b2J${'x'.repeat(60_000)}`
    logger.write({ ...event, text, fields: { name: 'b\u009b2J', level: 'x' } })
    const [line = ''] = written
    expect(line).not.toMatch(/[\p{Cc}\u202e]./u)
    expect(line.length).toBeLessThan(10_000)
    expect(JSON.parse(line)).toMatchObject({ level: 'warning', name: 'b 2J' })
    await logger.close()
  })

  it('ends although the local syslog takes nothing, or was ended', async () => {
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
      const { logger } = open({ 'log.to': 'syslog', 'log.syslog': join(temporaryFolder(), 'none') })
      const [child] = childrenNamed('logger')
      if (child !== undefined) process.kill(child, signal)
      await logger.close()
    }
  })

  it('leaves out what is below its level, also after a change while it runs', async () => {
    const { logger, written } = open({ 'log.level': 'warning' })
    logger.write({ ...event, level: 'info' })
    expect(written).toEqual([])
    await logger.use({ ...usualConfig, 'log.format': 'json' })
    logger.write({ ...event, level: 'info' })
    expect(written).toEqual([expect.stringContaining('"level":"info"')])
    await logger.close()
  })

  it('goes to a syslog server as RFC 5424 has it', async () => {
    const server = createSocket('udp4')
    onTestFinished(() => void server.close())
    server.bind(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address()
    const { logger } = open({ 'log.to': 'syslog', 'log.syslog': `udp://127.0.0.1:${port}` })
    const received = once(server, 'message')
    logger.write(event)
    const [message] = (await received) as [Buffer]
    expect(message.toString()).toMatch(/^<28>1 2026-01-01T00:00:00Z \S+ volact-host \d+ note - the disk is \[31m full$/)
    await logger.close()
  })

  it('goes to the socket of the local syslog', async () => {
    const path = join(temporaryFolder(), 'log')
    const script =
      'import socket,sys\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\ns.bind(sys.argv[1])\nprint("ready",flush=True)\nprint(s.recv(4096).decode(),flush=True)'
    const receiver = spawn('python3', ['-c', script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void receiver.kill('SIGKILL'))
    const lines = createInterface({ input: receiver.stdout })[Symbol.asyncIterator]()
    expect((await lines.next()).value).toBe('ready')
    const { logger } = open({ 'log.to': 'syslog', 'log.syslog': path })
    logger.write(event)
    expect((await lines.next()).value).toMatch(/^<28>.* volact-host .*the disk is \[31m full$/)
    await logger.close()
  })
})

describe('a client of another system', () => {
  it('is named once an hour, and a scan from many addresses not without end', () => {
    const clients = new ForeignClients()
    expect([0, 10, 3_599, 3_600].map((after) => clients.isNews('192.0.2.1', start + after))).toEqual([
      ...[true, false, false, true],
    ])
    const scan = Array.from({ length: 1_000 }, (_, n) => clients.isNews(`192.0.2.${n}`, start + 3_601))
    expect(scan.filter(Boolean)).toHaveLength(31)
  })
})

/** The processes of a name that this one has started. */
function childrenNamed(name: string): readonly number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,comm=', '--ppid', String(process.pid)], { encoding: 'utf8' })
  return stdout.split('\n').flatMap((line) => {
    const [pid = '', command = ''] = line.trim().split(/\s+/)
    return command === name ? [Number(pid)] : []
  })
}
