import { readdirSync, readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { startHost } from '@volact/host/start-host'
import { startBind } from '@volact/testkit/bind'
import { freePort } from '@volact/testkit/free-port'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import type { World } from '../../apps/cli/src/world.ts'
import { command, commandIn, succeed } from './command.fixture.ts'
import { type Estate, newMachine, policyOf, startBabbler, startEstate } from './discovery.fixture.ts'
import type { Ended } from './volact.fixture.ts'

let estate: Estate

beforeAll(async () => {
  estate = await startEstate()
})

afterAll(async () => {
  await estate.close()
})

const now = (): number => Math.floor(Date.now() / 1_000)

interface Seen extends Ended {
  readonly first: string
  /** The verdict of each check by its ID. */
  readonly verdicts: Readonly<Record<string, string>>
  readonly codes: Readonly<Record<string, string | undefined>>
  /** What was seen in each check, as one text. */
  readonly seen: Readonly<Record<string, string>>
}

interface Printed {
  readonly first: string
  readonly checks: readonly {
    readonly id: string
    readonly verdict: string
    readonly seen: readonly string[]
    readonly code?: string
  }[]
}

async function doctor(world: Partial<World>, ...args: readonly string[]): Promise<Seen> {
  const ended = await commandIn(world, 'doctor', '--timeout', '1', ...args, '--json')
  const { first, checks } = JSON.parse(ended.stdout) as Printed
  const by = <T>(value: (check: Printed['checks'][number]) => T): Readonly<Record<string, T>> =>
    Object.fromEntries(checks.map((check) => [check.id, value(check)]))
  const verdicts = by(({ verdict }) => verdict)
  return { ...ended, first, verdicts, codes: by(({ code }) => code), seen: by(({ seen }) => seen.join('\n')) }
}

const addresses = 'live IN A 127.0.0.1\nother IN A 127.0.0.1\ndead IN A 127.0.0.1\n'

describe('doctor, with BIND serving two SRV records, one of a dead host', () => {
  it('tells of both, of the dead one what to do, and ends with 0 on a licensed machine', async () => {
    const dead = await freePort()
    const bind = await startBind({
      'corp.test': `${addresses}_volact._tcp IN SRV 0 5 ${dead} dead\n_volact._tcp IN SRV 10 7 ${estate.port} live`,
    })
    const dir = await newMachine(estate)
    const search = ['--domain', 'corp.test', '--dns', bind.address, '--dir', dir]
    await succeed('client', 'activate', ...search)
    const seen = await doctor({}, ...search)
    expect(seen.status).toBe(0)
    expect(seen.seen['records']).toContain(`_volact._tcp.corp.test: ${bind.address} says 2 records`)
    expect(seen.seen['records']).toContain(`dead.corp.test:${dead}, priority 0, weight 5`)
    expect(seen.seen['records']).toContain(`live.corp.test:${estate.port}, priority 10, weight 7`)
    expect(seen.seen['port']).toContain(`dead.corp.test:${dead}: 127.0.0.1 refuses: nothing listens there`)
    expect(seen.seen['port']).toContain(`live.corp.test:${estate.port}: 127.0.0.1 is open`)
    expect(seen.verdicts).toEqual({
      ...{ machine: 'ok', records: 'ok', addresses: 'ok', port: 'warning', plain: 'ok', protocol: 'ok' },
      ...{ host: 'ok', count: 'ok', clock: 'ok', key: 'ok', license: 'ok', folder: 'warning' },
    })
    expect(seen.first).toMatch(/^Start the host on dead\.corp\.test, .*remove its SRV record/)
  })

  it('is calm on a terminal: twelve aligned checks and one sentence at the end', async () => {
    const bind = await startBind({ 'corp.test': `${addresses}_volact._tcp IN SRV 0 0 ${estate.port} live` })
    const search = ['--domain', 'corp.test', '--dns', bind.address, '--dir', await newMachine(estate)]
    await succeed('client', 'activate', ...search)
    const { stdout, stderr } = await command('doctor', ...search)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.filter((line) => /^(?:ok|warning|problem|not reached) {2,}\S/.test(line))).toHaveLength(12)
    expect(lines.filter((line) => /^ {13,}/.test(line)).length).toBeGreaterThan(0)
    expect(lines.at(-1)).toMatch(/^It works, but: Add the vendors for the whole machine, .+\.$/)
    expect(stderr).toBe('')
  })
})

describe('doctor, with an empty zone', () => {
  it('says so with the number 0x8007232B, and ends with 3', async () => {
    const bind = await startBind({ 'corp.test': addresses })
    const search = ['--domain', 'corp.test', '--dns', bind.address, '--dir', await newMachine(estate)]
    const seen = await doctor({}, ...search)
    expect(seen).toMatchObject({ status: 3, codes: { records: 'DNS_NAME_MISSING' } })
    expect(seen.verdicts).toMatchObject({
      machine: 'ok',
      records: 'problem',
      addresses: 'not-reached',
      clock: 'not-reached',
    })
    expect(seen.first).toContain('Publish the SRV record')
    const activated = await command('client', 'activate', ...search)
    expect(activated.stderr).toContain('0x8007232B')
    expect((await command('doctor', ...search)).stdout).toContain('DNS_NAME_MISSING 0x8007232B')
  })
})

describe('doctor, at something else than a host of ours', () => {
  it.each([
    ['one of Microsoft', '05000c0310000000', 'protocol', 'a Microsoft KMS host'],
    ['TLS', '15030100020246', 'plain', 'TLS'],
  ])('names %s and leaves it alone', async (_what, bytes, check, says) => {
    const port = await startBabbler(Buffer.from(bytes, 'hex'))
    const seen = await doctor({}, '--host', `127.0.0.1:${port}`, '--dir', await newMachine(estate))
    expect(seen).toMatchObject({ status: 3, codes: { [check]: 'FOREIGN_PROTOCOL' } })
    expect(seen.seen[check]).toContain(says)
  })

  it('says that a silent port is silent', async () => {
    const server = createServer(() => undefined)
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? String(address.port) : ''
    const seen = await doctor({}, '--host', `127.0.0.1:${port}`, '--dir', await newMachine(estate))
    expect(seen).toMatchObject({ status: 3, codes: { protocol: 'HOST_MUTE' } })
    expect(seen.verdicts).toMatchObject({ port: 'ok', protocol: 'problem', host: 'not-reached' })
  })
})

describe('doctor, at a host of ours', () => {
  it('that is not activated ends with 10 and names the command', async () => {
    const dir = join(temporaryFolder(), 'host')
    await succeed('host', 'init', '--dir', dir)
    await succeed('host', 'pack', 'install', estate.pack, '--dir', dir)
    const host = await startHost({ dir, listen: { host: '127.0.0.1', port: 0 }, now })
    onTestFinished(() => host.close())
    const seen = await doctor({}, '--host', host.address, '--dir', await newMachine(estate))
    expect(seen).toMatchObject({ status: 10, codes: { host: 'HOST_NOT_ACTIVATED' } })
    expect(seen.first).toBe(`Run "volact host activate" on ${host.address}.`)
  })

  it('whose clock is a day away ends with 10 and shows both clocks', async () => {
    const ahead = { now: () => now() + 86_400 }
    const seen = await doctor(ahead, '--host', estate.address, '--dir', await newMachine(estate))
    expect(seen).toMatchObject({ status: 10, codes: { clock: 'CLOCK_SKEW' } })
    expect(seen.seen['clock']).toMatch(/its clock is 24 h behind this machine's$/)
  })

  it('is never counted, and changes nothing here', async () => {
    const dir = await newMachine(estate)
    const before = contentOf(dir)
    const first = await doctor({}, '--host', estate.address, '--dir', dir)
    const second = await doctor({}, '--host', estate.address, '--dir', dir)
    expect(second.seen['count']).toBe(first.seen['count'])
    expect(contentOf(dir)).toEqual(before)
  })

  it('says of an unlicensed machine that nothing but its own request is missing', async () => {
    const seen = await doctor({}, '--host', estate.address, '--dir', await newMachine(estate))
    expect(seen.verdicts).toMatchObject({ host: 'ok', clock: 'ok', key: 'ok', license: 'warning' })
    expect(seen.codes['license']).toBe('IN_INITIAL_GRACE')
  })
})

describe('doctor, on a machine that is not ready', () => {
  it('says that no key is installed', async () => {
    const dir = join(temporaryFolder(), 'client')
    await succeed('client', 'vendor', 'add', estate.pack, '--dir', dir)
    const seen = await doctor({}, '--host', estate.address, '--dir', dir)
    expect(seen).toMatchObject({ status: 10, codes: { key: 'NO_PRODUCT_KEY' }, verdicts: { host: 'ok', count: 'ok' } })
    expect(seen.first).toContain('volact client key install KEY')
  })

  it('checks the host where there is no folder, makes none, and says how to begin', async () => {
    const dir = join(temporaryFolder(), 'client')
    const seen = await doctor({}, '--host', estate.address, '--dir', dir)
    expect(seen).toMatchObject({ status: 4, codes: { folder: 'FOLDER_MISSING' } })
    expect(seen.verdicts).toMatchObject({ records: 'ok', protocol: 'ok', host: 'ok', key: 'not-reached' })
    expect(seen.first).toContain('volact client vendor add FILE')
    expect(statSync(dir, { throwIfNoEntry: false })).toBeUndefined()
  })

  it('says that hosts are looked for by vendor where no vendor is known', async () => {
    const seen = await doctor({}, '--domain', 'corp.test', '--dir', join(temporaryFolder(), 'client'))
    expect(seen.verdicts).toMatchObject({ machine: 'ok', records: 'not-reached' })
    expect(seen.seen['records']).toContain('no vendor is known')
  })

  it('says that the folder is that of a host', async () => {
    const dir = join(temporaryFolder(), 'host')
    await succeed('host', 'init', '--dir', dir)
    expect(await doctor({}, '--host', estate.address, '--dir', dir)).toMatchObject({
      ...{ status: 4, codes: { folder: 'FOLDER_WRONG_ROLE' } },
    })
  })

  it('says that it has no domain', async () => {
    expect(await doctor({}, '--dir', await newMachine(estate))).toMatchObject({
      ...{ status: 3, codes: { machine: 'DNS_NO_SUFFIX' }, verdicts: { records: 'not-reached' } },
    })
  })

  it('says that the policy is damaged', async () => {
    const world = { policy: policyOf('site = ') }
    const seen = await doctor(world, '--host', estate.address, '--dir', await newMachine(estate))
    expect(seen.codes['folder']).toBe('POLICY_INVALID')
  })

  it('refuses mistyped options and products that are not installed', async () => {
    const dir = await newMachine(estate)
    expect(await command('doctor', '--host', 'no host', '--dir', dir)).toMatchObject({ status: 2 })
    expect(await command('doctor', '--timeout', '0', '--dir', dir)).toMatchObject({ status: 2 })
    const product = await command('doctor', '--product', 'nothing', '--dir', dir)
    expect(product).toMatchObject({ status: 10, stderr: expect.stringContaining('NO_PRODUCT_KEY') as string })
  })
})

describe('the report for support', () => {
  it('is closed to others, says what it holds, and holds no name, address, path or whole key', async () => {
    const dead = await freePort()
    const bind = await startBind({
      'corp.test': `${addresses}_volact._tcp IN SRV 0 0 ${dead} dead\n_volact._tcp IN SRV 10 0 ${estate.port} live`,
    })
    const dir = await newMachine(estate)
    const search = ['--domain', 'corp.test', '--dns', bind.address, '--dir', dir]
    await succeed('client', 'activate', ...search)
    const file = join(temporaryFolder(), 'report.json')
    const { status, stderr } = await command('doctor', ...search, '--support-file', file)
    expect(status).toBe(0)
    expect(stderr).toContain(`the report for support is in ${file}`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(/^\{\n {2}"about": \[\n/)
    const { machineId } = JSON.parse(await succeed('client', 'status', '--dir', dir, '--json')) as { machineId: string }
    const secrets = [hostname(), 'corp.test', '127.0.0.1', dir, 'GPHF4', '28FX', machineId]
    for (const secret of secrets) expect(text).not.toContain(secret)
    expect(JSON.parse(text)).toMatchObject({
      ...{ verdict: 'warning', exit: 0 },
      hosts: [
        { host: 1, ports: [{ open: false }] },
        { host: 2, answer: { kind: 'ours', vendor: 'workshop' } },
      ],
      machine: { machine: machineId.slice(0, 8), state: 'licensed' },
    })
  })
})

/** Every file below a folder with what is in it. */
function contentOf(dir: string): Readonly<Record<string, string>> {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path, 'base64')]))
}
