import { describe, expect, it } from 'vitest'
import { slmgrOptions } from './slmgr-table.ts'
import { osppOptions } from './ospp-table.ts'
import { Account } from './slmgr.fixture.ts'
import type { OldOption } from './option.ts'

const account = { make: (): Account => new Account(1_767_225_600) }

function inEachCommand(kind: OldOption['standing']['kind']): readonly [string, string, OldOption][] {
  return [...rows('slmgr', slmgrOptions, kind), ...rows('ospp', osppOptions, kind)]
}

function rows(
  command: string,
  options: readonly OldOption[],
  kind: OldOption['standing']['kind'],
): readonly [string, string, OldOption][] {
  return options.filter(({ standing }) => standing.kind === kind).map((option) => [command, option.name, option])
}

function valuesFor({ parameters }: OldOption): readonly string[] {
  return parameters.filter(({ takes }) => takes === 'one').map(({ name }) => `some-${name.toLowerCase()}`)
}

describe('an option whose engine is not there yet', () => {
  it.each(inEachCommand('not-yet'))('is refused and says what it waits for: %s /%s', async (command, name, option) => {
    const { status, stdout, stderr } = await account.make().run(command, `/${name}`, ...valuesFor(option))
    expect(status).toBe(10)
    expect(stdout).toMatch(/^Error: 0xE056002D \/.* is not connected yet; it needs /)
    expect(stderr).toContain('(NOT_CONNECTED_YET 0xE056002D)')
  })
})

describe('an option that can mean nothing here', () => {
  it.each(inEachCommand('no-counterpart'))('says why and what to use: %s /%s', async (command, name, option) => {
    const { status, stdout, stderr } = await account.make().run(command, `/${name}`, ...valuesFor(option))
    expect(status).toBe(2)
    expect(stdout).toMatch(/^Error: 0xE0560035 .* has nothing to do here: .*"volact /)
    expect(stderr).toContain('(NO_COUNTERPART 0xE0560035)')
  })
})

describe('the words of an old command', () => {
  it('show its help where there are none, or /?', async () => {
    for (const words of [[], ['/?'], ['-help']]) {
      const { status, stdout } = await account.make().run('slmgr', ...words)
      expect(status).toBe(0)
      expect(stdout).toContain('/skms <NAME[:PORT]> [ActID]')
      expect(stdout).toContain('Token-based activation options')
    }
    expect(await account.make().succeed('ospp', '/?')).toContain('/sethst:<NAME[:PORT]>')
  })

  it('need nothing to be wiped for /cpky', async () => {
    expect(await account.make().succeed('slmgr', '/cpky')).toContain('nothing to wipe')
  })

  it('are told apart from commander’s options, wherever --dir and --json stand', async () => {
    for (const words of [
      ['--dir', '/nowhere', '-dlv', '--json'],
      ['-dlv', '--json', '--dir', '/nowhere'],
      ['--json', '--DLV', '--dir=/nowhere'],
    ]) {
      const { status, stdout } = await account.make().run('slmgr', ...words)
      expect(status).toBe(4)
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'FOLDER_MISSING' } })
    }
  })

  it('reach no other machine, and say how', async () => {
    const { status, stdout } = await account.make().run('slmgr', 'pc-1', 'admin', 'hunter2', '/dlv')
    expect(status).toBe(2)
    expect(stdout).toContain('ssh')
    expect(stdout).not.toContain('hunter2')
    expect(await account.make().run('ospp', '/dstatus', 'pc-1')).toMatchObject({ status: 2 })
  })

  it('print one object with --json, for help as well', async () => {
    const { options } = JSON.parse(await account.make().succeed('slmgr', '--json')) as { options: readonly unknown[] }
    expect(options).toHaveLength(slmgrOptions.length)
  })
})

describe('/ddescr', () => {
  it('explains a code without a client', async () => {
    const shown = await account.make().succeed('ospp', '/ddescr:0xC004F038')
    expect(shown).toContain('0xC004F038')
    expect(shown).toContain('COUNT_INSUFFICIENT')
  })

  it('says that there is no such code', async () => {
    expect(await account.make().run('ospp', '/ddescr:nonsense')).toMatchObject({ status: 2 })
  })
})
