import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeError } from '@volact/core/errors/table'
import { hours } from '@volact/core/time'
import { type Check, type CheckId, checkTitles, type Verdict } from './check.ts'
import { diagnose, type Diagnosis } from './diagnose.ts'
import { diagnosisText } from './diagnosis-text.ts'
import type { Evidence, HostAnswer, OpenedClient, ProbedHost } from './evidence.ts'
import {
  deadHost,
  evidence,
  goodClient,
  hostWith,
  keylessClient,
  machineId,
  now,
  ourHost,
  unlicensedClient,
} from './evidence.fixture.ts'
import { supportReport } from './support-report.ts'

const foreign = (protocol: string): HostAnswer => ({
  kind: 'foreign',
  protocol,
  message: `the other side is ${protocol}`,
})
const silent: HostAnswer = { kind: 'silent', message: 'it took the connection but gave no answer' }

describe('a machine on which all is well', () => {
  it('has twelve checks in order, all of them good, and nothing to do', () => {
    const { checks, verdict, first, exit } = diagnose(evidence())
    expect(checks.map(({ id }) => id)).toEqual(Object.keys(checkTitles))
    expect(new Set(checks.map((check) => check.verdict))).toEqual(new Set(['ok']))
    expect({ verdict, first, exit }).toEqual({ verdict: 'ok', first: 'Nothing needs to be done.', exit: 0 })
  })

  it('is shown in columns, with one sentence at the end', () => {
    const text = diagnosisText(diagnose(evidence()))
    expect(text).toMatch(/^ok {2}machine and domain {2}web-17\.corp\.test; looks for hosts in corp\.test/)
    expect(text.split('\n').at(-1)).toBe('All is well. Nothing needs to be done.')
  })
})

describe('a host that is a spare (rule 47)', () => {
  it('is a warning while it serves, and a problem once its 60 days are over', () => {
    const serving = diagnose(evidence({ hosts: [ourHost({ spareUntil: now + 1 })] }))
    expect(checkOf(serving, 'host')).toMatchObject({ verdict: 'warning' })
    expect(checkOf(serving, 'host').seen[0]).toContain('spare in use until')
    const over = diagnose(evidence({ hosts: [ourHost({ spareUntil: now })] }))
    expect(checkOf(over, 'host')).toMatchObject({ verdict: 'problem', code: 'SPARE_NOT_CONFIRMED' })
    expect(over.first).toContain('volact host spare confirm')
  })
})

describe('two hosts of which one is dead', () => {
  const both = diagnose(evidence({ hosts: [deadHost, ourHost()] }))

  it('are enough, with a warning that says which one is dead and what to do', () => {
    expect(checkOf(both, 'port')).toMatchObject({ verdict: 'warning', code: 'HOST_UNREACHABLE' })
    expect(checkOf(both, 'port').seen).toEqual([
      'kms-old.corp.test:1688: 10.1.2.9 refuses: nothing listens there after 1 ms',
      'kms-a.corp.test:1688: 10.1.2.3 is open after 2 ms',
    ])
    expect(both).toMatchObject({ verdict: 'warning', exit: 0 })
    expect(both.first).toMatch(/^Start the host on kms-old\.corp\.test, .*remove its SRV record/)
  })

  it('leave the later checks to the living one', () => {
    expect(checkOf(both, 'protocol')).toMatchObject({
      verdict: 'ok',
      seen: [expect.stringContaining('kms-a.corp.test')],
    })
  })
})

describe('a chain that breaks', () => {
  it.each<[string, Partial<Evidence>, CheckId, number]>([
    ['without a domain', nowhere(), 'machine', 3],
    ['in an empty zone', emptyZone(), 'records', 3],
    ['at a name without address', { hosts: [nameless()] }, 'addresses', 3],
    ['at a closed port', { hosts: [deadHost] }, 'port', 3],
    ['at TLS', { hosts: [hostWith(foreign('tls'))] }, 'plain', 3],
    ['at a web server', { hosts: [hostWith(foreign('http'))] }, 'plain', 3],
    ['at a host of Microsoft', { hosts: [hostWith(foreign('rpc'))] }, 'protocol', 3],
    ['at a silent port', { hosts: [hostWith(silent)] }, 'protocol', 3],
    ['at a host that is not activated', { hosts: [ourHost({ state: 0, groups: [] })] }, 'host', 10],
    ['at a host of an older generation', { hosts: [ourHost({ groups: [{ group: 10, generation: 2 }] })] }, 'host', 10],
    ['at too few machines', { hosts: [ourHost({ counts: [] })], client: unlicensedClient }, 'count', 10],
    ['at a wrong clock', { hosts: [ourHost({ time: now - hours(24) })] }, 'clock', 10],
    ['at a missing key', { client: keylessClient }, 'key', 10],
    ['at a license that is not there', { client: unlicensedClient }, 'license', 10],
    ['at a damaged folder', { client: closed() }, 'folder', 4],
  ])('%s names that link first and ends with its status', (_what, change, id, exit) => {
    const diagnosis = diagnose(evidence(change))
    const [problem] = diagnosis.checks.filter(({ verdict }) => verdict === 'problem')
    expect(problem).toMatchObject({ id })
    expect(diagnosis).toMatchObject({ verdict: 'problem', exit, first: problem?.advice[0] })
    expect(diagnosisText(diagnosis)).toMatch(/\n\nFirst: [A-Z].+\.$/)
  })

  it.each<[string, Partial<Evidence>, readonly CheckId[]]>([
    ['without a domain', nowhere(), ['records', 'addresses', 'port', 'plain', 'protocol', 'host', 'count', 'clock']],
    ['at a closed port', { hosts: [deadHost] }, ['plain', 'protocol', 'host', 'count', 'clock']],
    ['at TLS', { hosts: [hostWith(foreign('tls'))] }, ['protocol', 'host', 'count', 'clock']],
    ['at a silent port', { hosts: [hostWith(silent)] }, ['host', 'count', 'clock']],
    ['at a host that is not activated', { hosts: [ourHost({ state: 0 })] }, ['count']],
    ['at a damaged folder', { client: closed() }, ['key', 'license']],
  ])('%s says of what rests on that link that it was not reached', (_what, change, ids) => {
    const { checks } = diagnose(evidence(change))
    expect(checks.filter(({ verdict }) => verdict === 'not-reached').map(({ id }) => id)).toEqual(ids)
  })
})

describe('the machine and the domain', () => {
  it('are no problem where a host is set, and DNS is not needed', () => {
    const host = { ...ourHost(), from: 'machine' } as const
    const { discovery } = evidence({ hosts: [host] })
    const set = evidence({ hosts: [host], discovery: { ...discovery, zones: [], queries: [] } })
    expect(diagnose(set)).toMatchObject({ verdict: 'ok' })
    expect(checkOf(diagnose(set), 'records').seen).toEqual([`${host.host} is asked, as is set for the machine`])
  })

  it('show a domain that is not searched, and why', () => {
    const { discovery } = evidence()
    const zones = [...discovery.zones, { name: 'local', from: 'dhcp', ignored: 'it is a single label' } as const]
    const { seen } = checkOf(diagnose(evidence({ discovery: { ...discovery, zones } })), 'machine')
    expect(seen).toContain('local is not searched: it is a single label')
  })
})

describe('the SRV records', () => {
  it('show priority, weight, port, who said so, and the records that are not followed', () => {
    const { discovery } = evidence()
    const stray = { target: 'kms.elsewhere.test', port: 1_688, priority: 5, weight: 7, ignored: 'it lies outside' }
    const queries = discovery.queries.map((query) => ({ ...query, records: [...query.records, stray] }))
    const check = checkOf(diagnose(evidence({ discovery: { ...discovery, queries } })), 'records')
    expect(check.verdict).toBe('warning')
    expect(check.seen).toEqual([
      '_volact._tcp.corp.test: 10.1.0.53 says 2 records',
      '  kms-a.corp.test:1688, priority 0, weight 0',
      '  kms.elsewhere.test:1688, priority 5, weight 7: not asked, it lies outside',
    ])
  })

  it('tell the number of an empty zone', () => {
    const text = diagnosisText(diagnose(evidence(emptyZone())))
    expect(text).toContain('DNS_NAME_MISSING 0x8007232B')
  })

  it('leave an invalid policy to the folder, where it lies', () => {
    const { discovery } = evidence()
    const policy = { state: 'invalid', path: '/etc/volact/policy.toml', problem: 'line 3' } as const
    const client = { ...goodClient, settings: { ...goodClient.settings, policy } }
    const problem = { code: 'POLICY_INVALID', message: 'line 3' } as const
    const diagnosis = diagnose(evidence({ client, discovery: { ...discovery, problem } }))
    expect(verdicts(diagnosis, 'problem')).toEqual(['folder'])
    expect(diagnosis.first).toContain('/etc/volact/policy.toml')
  })
})

describe('the host', () => {
  it.each([
    [1, 'ok'],
    [3, 'ok'],
    [0, 'problem'],
    [5, 'problem'],
  ])('in state %d is %s', (state, verdict) => {
    expect(checkOf(diagnose(evidence({ hosts: [ourHost({ state })] })), 'host').verdict).toBe(verdict)
  })

  it('of another vendor may serve this one too, which it cannot say', () => {
    expect(checkOf(diagnose(evidence({ hosts: [ourHost({ vendor: 'other' })] })), 'host').verdict).toBe('warning')
  })

  it('is shown as it is where no product is known', () => {
    const diagnosis = diagnose(evidence({ client: keylessClient }))
    expect(checkOf(diagnosis, 'host').verdict).toBe('ok')
    expect(checkOf(diagnosis, 'count').seen).toEqual(['kms-a.corp.test:1688: count 30'])
  })
})

describe('the count', () => {
  const counted = (count: number, client: OpenedClient): Check => {
    const counts = ourHost().answer
    if (counts?.kind !== 'ours') throw new Error('the host is not ours')
    const changed = counts.information.counts.map((one) => ({ ...one, count }))
    return checkOf(diagnose(evidence({ hosts: [ourHost({ counts: changed })], client })), 'count')
  }

  it.each<[number, OpenedClient, Verdict]>([
    [25, unlicensedClient, 'ok'],
    [23, unlicensedClient, 'problem'],
    [23, goodClient, 'warning'],
    [24, unlicensedClient, 'warning'],
  ])('of %d of 25 is judged by what it means for this machine', (count, client, verdict) => {
    expect(counted(count, client)).toMatchObject({
      verdict,
      seen: [expect.stringContaining(`count ${count}, threshold 25`)],
    })
  })

  it('says how many machines are missing', () => {
    expect(counted(5, unlicensedClient).advice[0]).toContain('20 more machines')
  })
})

describe('the clock', () => {
  it.each<[number, Verdict, string]>([
    [0, 'ok', 'both clocks say the same'],
    [90, 'ok', '90 s ahead'],
    [-400, 'warning', '7 min behind'],
    [hours(4), 'warning', '4 h ahead'],
    [hours(4) + 1, 'problem', '4 h ahead'],
    [-hours(72), 'problem', '3 days behind'],
  ])('that is %d s ahead is %s', (skew, verdict, words) => {
    const check = checkOf(diagnose(evidence({ hosts: [ourHost({ time: now + skew })] })), 'clock')
    expect(check).toMatchObject({ verdict, seen: [expect.stringContaining(words)] })
  })
})

describe('this machine', () => {
  it('in a grace is warned, with the end of it and the next attempt', () => {
    const status = { ...unlicensedClient.status, state: 'initial-grace', number: 2 } as const
    const check = checkOf(diagnose(evidence({ client: { ...unlicensedClient, status } })), 'license')
    expect(check.verdict).toBe('warning')
    expect(check.seen.join('\n')).toMatch(
      /^initial-grace \(2\), NOT_BOUND 0xC004F056, until .+\nlast attempt .+: unreachable, NO_HOST_ANSWERED\nnext attempt .+, in 25 h$/,
    )
  })

  it.each<[string, Partial<OpenedClient>, Verdict]>([
    ['without a vendor', { vendors: [] }, 'problem'],
    ['with a full disk', { freeBytes: 0 }, 'problem'],
    ['with an almost full disk', { freeBytes: 2 ** 25 }, 'warning'],
    ['with unprotected roots', { status: { ...goodClient.status, protected: false } }, 'warning'],
    ['with something damaged', { status: { ...goodClient.status, notes: ['client.json is ignored'] } }, 'warning'],
    ['with a policy', { settings: { ...goodClient.settings, policy: { state: 'valid', path: '/p' } } }, 'ok'],
  ])('%s has a folder that is judged', (_what, change, verdict) => {
    expect(checkOf(diagnose(evidence({ client: { ...goodClient, ...change } })), 'folder').verdict).toBe(verdict)
  })
})

describe('whatever is seen', () => {
  const hosts = fc.constantFrom(
    deadHost,
    ...[ourHost(), ourHost({ state: 0 }), ourHost({ counts: [] }), ourHost({ time: 0 }), ourHost({ vendor: 'x' })],
    ...[hostWith(foreign('rpc')), hostWith(foreign('tls')), hostWith(silent)],
    hostWith({ kind: 'strange', code: 'MALFORMED', message: 'it answers with a grant' }),
  )
  const clients = fc.constantFrom(goodClient, unlicensedClient, keylessClient, closed())
  const anyEvidence = fc
    .record({
      hosts: fc.array(hosts, { maxLength: 4 }),
      client: clients,
      where: fc.constantFrom({}, nowhere(), emptyZone()),
    })
    .map(({ where, ...rest }) => evidence({ ...rest, ...where }))

  it('every check comes once and in order, and every problem has a code and says what to do', () => {
    fc.assert(
      fc.property(anyEvidence, (seen) => {
        const { checks, exit, verdict } = diagnose(seen)
        expect(checks.map(({ id }) => id)).toEqual(Object.keys(checkTitles))
        const problems = checks.filter((check) => check.verdict === 'problem')
        for (const { code, advice } of problems) {
          expect(describeError(code ?? '')).toBeDefined()
          expect(advice[0]).toMatch(/^[A-Z"].+\.$/)
        }
        expect(exit === 0).toBe(problems.length === 0)
        expect(verdict === 'problem').toBe(problems.length > 0)
      }),
    )
  })

  it('the report for support names no machine, domain, address, path or whole ID', () => {
    const secrets = ['web-17', 'kms-', 'corp.test', '10.1.', 'alice', 'elsewhere', machineId, 'ab'.repeat(32), '/etc/']
    fc.assert(
      fc.property(anyEvidence, (seen) => {
        const program = { volact: '0.1.0', node: 'v24.0.0', platform: 'linux' }
        const text = JSON.stringify(supportReport(seen, diagnose(seen), program))
        for (const secret of secrets) expect(text).not.toContain(secret)
      }),
    )
  })
})

describe('the report for support', () => {
  it('says first what it holds, and has what support needs', () => {
    const seen = evidence({ hosts: [deadHost, ourHost()] })
    const report = supportReport(seen, diagnose(seen), { volact: '0.1.0', node: 'v24.0.0', platform: 'linux' })
    expect(Object.keys(report)[0]).toBe('about')
    expect(report).toMatchObject({
      hosts: [
        { host: 1, from: 'dns', domain: 1, ports: [{ open: false }] },
        { host: 2, answer: { kind: 'ours', state: 1, counts: [{ count: 30 }], log: 'abababab', clockAhead: 0 } },
      ],
      machine: { machine: machineId.slice(0, 8), state: 'licensed', wanted: { group: 10, generation: 3 } },
    })
  })
})

function checkOf({ checks }: Diagnosis, id: CheckId): Check {
  const found = checks.find((check) => check.id === id)
  if (found === undefined) throw new Error(`there is no check ${id}`)
  return found
}

function verdicts({ checks }: Diagnosis, verdict: Verdict): readonly CheckId[] {
  return checks.filter((check) => check.verdict === verdict).map(({ id }) => id)
}

function nowhere(): Partial<Evidence> {
  const { discovery } = evidence({ hosts: [] })
  const problem = { code: 'DNS_NO_SUFFIX', message: 'this machine has no domain' } as const
  return { hosts: [], discovery: { ...discovery, zones: [], queries: [], problem } }
}

function emptyZone(): Partial<Evidence> {
  const { discovery } = evidence({ hosts: [] })
  const problem = { code: 'DNS_NAME_MISSING', message: 'no activation host was found in corp.test' } as const
  const queries = discovery.queries.map((query) => ({ ...query, records: [], ...problem }))
  return { hosts: [], discovery: { ...discovery, queries, problem } }
}

function closed(): Evidence['client'] {
  return {
    kind: 'closed',
    dir: '/home/alice/.volact/client',
    code: 'FOLDER_DAMAGED',
    message: 'volact.json is damaged',
  }
}

function nameless(): ProbedHost {
  const problem = { code: 'DNS_NAME_MISSING', message: 'the name does not exist' } as const
  return { ...deadHost, addresses: [], ports: [], problem }
}
