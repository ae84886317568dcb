import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { command, succeed } from './command.fixture.ts'
import { clone, serve, start, volact, volactJson, volactWith } from './volact.fixture.ts'

describe('volact lab', () => {
  it('has thirty machines ask, refuses twenty-four below the threshold of 25, and licenses all', () => {
    const { status, stdout, stderr } = volact('lab', '--once', '--json')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout.trimEnd()).not.toContain('\n')
    expect(JSON.parse(stdout)).toEqual({
      ...{ machines: 30, threshold: 25, refusedBelowThreshold: 24, licensed: 30, count: 30, reportedCount: 30 },
      ledger: { size: 56, root: expect.stringMatching(/^[0-9a-f]{64}$/) as string, verified: true },
      seconds: expect.any(Number) as number,
    })
  })

  it('reports at most twice the threshold, and leaves nothing behind', () => {
    const TMPDIR = temporaryFolder()
    const { stdout } = volactWith({ TMPDIR }, 'lab', '--once', '--json', '--machines', '60')
    expect(JSON.parse(stdout)).toMatchObject({ count: 60, reportedCount: 50, licensed: 60 })
    expect(readdirSync(TMPDIR)).toEqual([])
  })

  it('says why when too few machines ask, and what would help, and ends as refused', () => {
    const { status, stdout } = volact('lab', '--once', '--machines', '24')
    expect(status).toBe(10)
    expect(stdout).toContain('refused: 24 of 25 machines have asked')
    expect(stdout).toContain('none is licensed')
    expect(stdout).toContain('volact lab --machines 25')
  })

  it('leaves folders that the ordinary commands go on with, and certificates that openssl accepts', async () => {
    const dir = join(temporaryFolder(), 'lab')
    const certificates = join(dir, 'certificates')
    volactJson('lab', '--once', '--dir', dir)
    expect(readdirSync(join(dir, 'machines'))).toHaveLength(30)

    volactJson('host', 'cert', 'export', '--dir', join(dir, 'host'), '-o', certificates)
    const [root, issuing, host] = ['root.pem', 'issuing.pem', 'host.pem'].map((name) => join(certificates, name))
    const judged = ['verify', '-x509_strict', '-CAfile', String(root), '-untrusted', String(issuing), String(host)]
    expect(execFileSync('openssl', judged, { encoding: 'utf8' })).toContain('OK')
    const subject = execFileSync('openssl', ['x509', '-in', String(root), '-noout', '-subject'], { encoding: 'utf8' })
    expect(subject).toContain('(lab)')

    const machine = join(dir, 'machines', '001')
    const status = volactJson('client', 'status', '--dir', machine)
    expect(status).toMatchObject({ state: 'licensed', number: 1, hardware: 'simulated', test: true, protected: false })
    const lease = join(dir, '001.lease')
    volactJson('client', 'lease', 'export', '--dir', machine, '-o', lease)
    const inspected = volactJson('inspect', lease, '--verify', '--root', String(root))
    expect(inspected).toMatchObject({ kind: 'lease-file', verified: { testRoot: true } })

    const served = await serve('host', 'serve', '--dir', join(dir, 'host'), '--listen', '127.0.0.1:0')
    expect(volactJson('host', 'status', '--dir', join(dir, 'host'))).toMatchObject({
      ...{ state: 'licensed', address: served.address, test: true, machines: 30 },
      applications: [{ count: 30, reportedCount: 30 }, {}],
    })
    expect(volactJson('client', 'activate', '--dir', machine, '--host', served.address)).toMatchObject({
      ...{ outcome: 'activated', leaseIndex: 56 },
    })
    expect(volactJson('host', 'ledger', 'verify', '--dir', join(dir, 'host'))).toMatchObject({
      verified: true,
      size: 57,
    })
    expect(await served.stop('SIGTERM')).toBe(0)
  })

  it('begins its leases with a clock that stands at the real time when the last machine is licensed', async () => {
    const dir = join(temporaryFolder(), 'lab')
    const begin = Math.floor(Date.now() / 1_000)
    await succeed('lab', '--once', '--dir', dir, '--seed', '7')
    const issued = await Promise.all(
      readdirSync(join(dir, 'machines')).map(async (name) => {
        const lease = join(dir, `${name}.lease`)
        await succeed('client', 'lease', 'export', '--dir', join(dir, 'machines', name), '-o', lease)
        const { content } = JSON.parse(await succeed('inspect', lease, '--json')) as Inspected
        return Date.parse(content.grant.issued) / 1_000
      }),
    )
    const last = Math.max(...issued)
    expect(last).toBeGreaterThanOrEqual(begin)
    expect(last).toBeLessThanOrEqual(Date.now() / 1_000)
    expect(Math.min(...issued)).toBeLessThan(last - 3_600)
  })

  it('makes the same names and hardware from the same seed, and never the same keys (rule 53)', async () => {
    const [one, two] = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const dir = join(temporaryFolder(), name)
        await command('lab', '--once', '--machines', '2', '--seed', '5', '--dir', dir)
        const machine = join(dir, 'machines', '002')
        const { machineId } = JSON.parse(await succeed('client', 'status', '--dir', machine, '--json')) as Status
        const { logId } = JSON.parse(await succeed('host', 'status', '--dir', join(dir, 'host'), '--json')) as Status
        return { hardware: readFileSync(join(machine, 'hardware.json'), 'utf8'), machineId, logId }
      }),
    )
    expect(one?.hardware).toBe(two?.hardware)
    expect(one?.machineId).not.toBe(two?.machineId)
    // Entry 0 of the ledger has all public keys of the host, and a random number.
    expect(one?.logId).toMatch(/^[0-9a-f]{64}$/)
    expect(one?.logId).not.toBe(two?.logId)
  })

  it('stays up when all are licensed, and leaves nothing behind when it is stopped', async () => {
    const TMPDIR = temporaryFolder()
    const lab = await start({ TMPDIR }, 'lab', '--json')
    expect(JSON.parse(lab.line)).toMatchObject({ licensed: 30 })
    const [name = ''] = readdirSync(TMPDIR)
    const status = volactJson('host', 'status', '--dir', join(TMPDIR, name, 'host'))
    expect(status).toMatchObject({ state: 'licensed', address: expect.stringContaining('127.0.0.1:') as string })
    expect(await lab.stop('SIGINT')).toBe(130)
    expect(readdirSync(TMPDIR)).toEqual([])
  })

  it('overwrites nothing', async () => {
    const { status, stderr } = await command('lab', '--once', '--dir', clone)
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('FILE_EXISTS') as string })
  })
})

interface Inspected {
  readonly content: { readonly grant: { readonly issued: string } }
}

interface Status {
  readonly machineId: string
  readonly logId: string
}
