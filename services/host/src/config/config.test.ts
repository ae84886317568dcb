import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseToml } from '@volact/client/policy/toml'
import { ActivationError } from '@volact/core/errors/activation-error'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeConfig } from './change-config.ts'
import { editToml } from './edit-toml.ts'
import { configKeys, usualConfig } from './host-config.ts'
import { fileOnly, loadConfig, readConfig, variableOf } from './load-config.ts'

function folder(text?: string): string {
  const dir = join(temporaryFolder(), 'host')
  mkdirSync(dir)
  if (text !== undefined) writeFileSync(join(dir, 'host.toml'), text)
  return dir
}

function problemsOf(text: string, env: Record<string, string> = {}): readonly string[] {
  return readConfig(text, { env, flags: [] }).problems.map(({ where, text: says }) => `${where}: ${says}`)
}

describe('the settings of a host', () => {
  it('are the usual ones where nothing is set', () => {
    expect(loadConfig(folder(), fileOnly)).toMatchObject({
      ...{ config: usualConfig, from: new Map() },
      dns: { enabled: true, zones: [] },
    })
    expect(usualConfig).toMatchObject({ listen: { host: '0.0.0.0', port: 1_688 }, 'admin.listen': 'off' })
  })

  it('come from the file, above it the environment, above that the flags, and say from where', () => {
    const dir = folder('listen = "127.0.0.1:1"\npriority = "low"\n\n[intervals]\nrenewal = 1440 # daily\n')
    const { config, from } = loadConfig(dir, {
      env: { VOLACT_HOST_LISTEN: '127.0.0.1:2', VOLACT_HOST_INTERVALS_ACTIVATION: '60', HOME: '/root' },
      flags: [{ key: 'listen', text: '[::1]:3', where: '--listen' }],
    })
    expect(config).toMatchObject({
      ...{ listen: { host: '::1', port: 3 }, priority: 'low' },
      ...{ 'intervals.renewal': 1_440, 'intervals.activation': 60 },
    })
    expect(Object.fromEntries(from)).toEqual({
      ...{ listen: '--listen', priority: 'host.toml:2', 'intervals.renewal': 'host.toml:5' },
      'intervals.activation': 'VOLACT_HOST_INTERVALS_ACTIVATION',
    })
  })

  it.each(['udp://x:0', 'udp://x:65536', 'udp://x:99999', 'x'])('know that nothing can be sent to %s', (target) => {
    expect(problemsOf(`[log]\nsyslog = "${target}"\n`)).toHaveLength(1)
  })

  it('are refused whole, with every mistake and its place', () => {
    const text =
      'listen = "nowhere"\nprioritty = "low"\n[tls]\nmode = "required"\n[intervals]\nrenewal = 20000\nactivation = 14\n'
    expect(problemsOf(text, { VOLACT_HOST_LOG_FORMAT: 'xml', VOLACT_HOST_NONSENSE: '1' })).toEqual([
      'host.toml:1: listen is not ADDRESS:PORT, an IPv6 address in brackets',
      'host.toml:2: there is no setting "prioritty"; did you mean "priority"?',
      'host.toml:7: intervals.activation is no whole number from 15 to 43200',
      'VOLACT_HOST_LOG_FORMAT: log.format is not one of text, json',
      'VOLACT_HOST_NONSENSE: there is no setting "nonsense"',
      expect.stringContaining('host.toml:6: three renewals of 20000 minutes do not fit') as string,
      'host.toml:4: TLS needs a certificate: set tls.certificate and tls.key',
    ])
    expect(() => loadConfig(folder(text), fileOnly)).toThrow(/5 mistakes\nhost\.toml:1: /)
  })

  it.each([
    ['a = ', /^host\.toml:1: expected a text/],
    ['listen = "127.0.0.1:1"\nlisten = "127.0.0.1:1"', /^host\.toml:2: "listen" is there already/],
    ['[tls]\nkey = "k"', /^host\.toml:2: set tls\.certificate, too/],
    ['[https]\nlisten = "127.0.0.1:1"', /^host\.toml:2: HTTPS needs a certificate/],
    ['listen = 1688', /^host\.toml:1: listen is not ADDRESS:PORT/],
    ['[retention]\ndetails-days = 401', /^host\.toml:2: retention\.details-days is 401, but entries are kept for 400/],
    ['[retention]\nentries-days = 219', /^host\.toml:2: retention\.entries-days is no whole number from 220/],
    ['[intervals]\nforce = "yes"', /^host\.toml:2: intervals\.force is neither true nor false/],
  ])('are refused with the place: %j', (text, says) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(says)])
  })

  it('take a long renewal interval when it is forced', () => {
    expect(problemsOf('[intervals]\nrenewal = 43200\nforce = true')).toEqual([])
  })

  it('name zones for DNS in tables of their own, and the line of what is wrong in one', () => {
    const text =
      '[dns]\nenabled = false\n[dns.zones."corp.test"]\nserver = "192.0.2.1:53"\nkey-file = "k"\n[dns.zones.own]\npriority = 5\n'
    expect(readConfig(text, fileOnly).loaded.dns).toMatchObject({
      ...{ enabled: false, checkpoint: true, checkpointMinutes: 60 },
      zones: [{ zone: 'corp.test', server: '192.0.2.1:53', keyFile: 'k', ttl: 3_600 }, { priority: 5 }],
    })
    expect(problemsOf('[dns.zones.own]\nttl = 1\nkeyFile = "k"\n[dns.zones."corp.test"]\n\nweight = 70000')).toEqual([
      'host.toml:3: dns.zones.own.keyFile is not known here',
      expect.stringMatching(/^host\.toml:6: dns\.zones\.corp\.test\.weight must be a whole number/),
    ])
  })

  it('have a variable of their own each', () => {
    expect(new Set(configKeys.map(variableOf)).size).toBe(configKeys.length)
    expect(variableOf('alerts.low-count')).toBe('VOLACT_HOST_ALERTS_LOW_COUNT')
  })
})

describe('a changed setting', () => {
  it('keeps comments, order and everything else of the file', () => {
    const dir = folder('# ours\nlisten = "127.0.0.1:1"   # why\n\n# of the log\n[log]\nto = "stderr"\n\n# the end\n')
    changeConfig(dir, [
      { key: 'listen', text: '127.0.0.1:2' },
      { key: 'log.format', text: 'json' },
      { key: 'intervals.renewal', text: '1440' },
      { key: 'priority', text: 'low' },
    ])
    expect(readFileSync(join(dir, 'host.toml'), 'utf8')).toBe(
      '# ours\nlisten = "127.0.0.1:2"  # why\npriority = "low"\n\n# of the log\n[log]\nto = "stderr"\nformat = "json"\n\n# the end\n\n[intervals]\nrenewal = 1440\n',
    )
    changeConfig(dir, [{ key: 'listen', text: undefined }])
    expect(readFileSync(join(dir, 'host.toml'), 'utf8')).toMatch(/^# ours\npriority = "low"\n/)
  })

  it('is not written when the whole is wrong afterwards, and the file is for its owner alone', () => {
    const dir = folder()
    changeConfig(dir, [{ key: 'priority', text: 'low' }])
    const path = join(dir, 'host.toml')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const codes = [
      { key: 'listen', text: 'x' },
      { key: 'tls.mode', text: 'required' },
      { key: 'nonsense', text: '1' },
    ].map((change) => {
      try {
        changeConfig(dir, [change])
        return 'changed'
      } catch (error) {
        return error instanceof ActivationError ? error.code : String(error)
      }
    })
    expect(codes).toEqual(['CONFIG_INVALID', 'CONFIG_INVALID', 'USAGE'])
    expect(readFileSync(path, 'utf8')).toBe('priority = "low"\n')
  })

  it('is what a TOML reader reads, and nothing else has changed, whatever the file was', () => {
    const name = fc.constantFrom('a', 'b', 'c')
    const value = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.nat(9),
      fc.boolean(),
      fc.array(fc.constant('x'), { maxLength: 3 }),
    )
    const edit = fc.record({
      table: fc.array(name, { maxLength: 2 }),
      key: fc.constantFrom('k', 'l', 'm'),
      value: fc.option(value, { nil: undefined }),
    })
    const noise = fc.constantFrom('', '# said\n', '\n\n', 'z = [ # "x"\n  "y",\n] # z\n')
    fc.assert(
      fc.property(noise, fc.array(edit, { maxLength: 12 }), (begin, edits) => {
        const expected = new Map(begin.startsWith('z') ? [['z', ['y'] as unknown]] : [])
        const text = edits.reduce<string>((before, { table, key, value: to }) => {
          const path = [...table, key].join('.')
          if (to === undefined) expected.delete(path)
          else expected.set(path, to)
          return editToml(before, { table, key }, to)
        }, begin)
        const read = parseToml(text).entries.map(
          ({ table, key, value: is }) => [[...table, key].join('.'), is] as const,
        )
        expect(new Map<string, unknown>(read)).toEqual(expected)
      }),
    )
  })
})
