import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parsePolicy } from './parse-policy.ts'
import { policyEntries } from './registry-policy.ts'
import { parseToml } from './toml.ts'

const whole = `
# The policy of all machines of the house.
host = "Host.Corp.Test"
domain = "corp.test."
site = "Prague"
trusted-domains = ["partner.test"]
customer = "Example Corporation"
report-name = "never"
activation-type = "host"
pool-token-file = "/etc/volact/pool.token"

[applications.suite]
domain = "suite.corp.test"

[products."desktop-1"]
host = "[2001:db8::1]:1700"
activation-type = "any"
`

const understood = {
  machine: { host: 'host.corp.test:1688', domain: 'corp.test', activationType: 'host' },
  applications: new Map([['suite', { domain: 'suite.corp.test' }]]),
  products: new Map([['desktop-1', { host: '[2001:db8::1]:1700', activationType: 'any' }]]),
  site: 'prague',
  trustedDomains: ['partner.test'],
  customer: 'Example Corporation',
  reportName: 'never',
  poolTokenFile: '/etc/volact/pool.token',
}

/** Where the page has other names. */
const shown = {
  machine: { host: 'activation.corp.example:1688', domain: 'corp.example', activationType: 'host' },
  applications: new Map([['office', { domain: 'office.example' }]]),
  products: new Map([['notes-1', { host: 'notes.corp.example:1688' }]]),
  trustedDomains: ['partner.example'],
}

describe('a policy', () => {
  it('is read from a file', () => {
    expect(parsePolicy(parseToml(whole))).toEqual(understood)
  })

  it('is read from what the registry of Windows prints', () => {
    const printed = String.raw`
HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Volact
    host    REG_SZ    Host.Corp.Test
    domain    REG_SZ    corp.test.
    site    REG_SZ    Prague
    Trusted-Domains    REG_MULTI_SZ    partner.test
    customer    REG_SZ    Example Corporation
    report-name    REG_SZ    never
    activation-type    REG_SZ    host
    pool-token-file    REG_SZ    /etc/volact/pool.token

HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Volact\Applications

HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Volact\Applications\suite
    domain    REG_SZ    suite.corp.test

HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Volact\Products\Desktop-1
    host    REG_SZ    [2001:db8::1]:1700
    activation-type    REG_SZ    any
`.replaceAll('\n', '\r\n')
    expect(parsePolicy(policyEntries(printed, String.raw`HKLM\SOFTWARE\Policies\Volact`))).toEqual(understood)
  })

  it('is what the administrator’s page shows', () => {
    const page = readFileSync(new URL('../../../../docs/policy.md', import.meta.url), 'utf8')
    const [, example = ''] = /```toml\n([^`]*)```/.exec(page) ?? []
    expect(parsePolicy(parseToml(example))).toMatchObject({ ...understood, ...shown })
  })

  it('that is empty lays down nothing', () => {
    const nothing = {
      machine: {},
      applications: new Map(),
      products: new Map(),
      trustedDomains: [],
      reportName: 'always',
    }
    expect(parsePolicy(parseToml('# nothing yet\n'))).toEqual(nothing)
  })

  it.each([
    ['custmer = "Example"', 'line 1: there is no "custmer"'],
    ['host = 1', 'line 1: "host" takes a text'],
    ['customer = ""', 'line 1: "customer" takes a text'],
    ['host = "a b"', 'line 1: "a b" is no address'],
    ['domain = "a..b"', 'line 1: "a..b" is no domain'],
    ['trusted-domains = "a.b"', 'line 1: "trusted-domains" takes a list'],
    ['trusted-domains = ["a b"]', 'line 1: "a b" is no domain'],
    ['report-name = "sometimes"', 'line 1: "report-name" is'],
    ['pool-token-file = "pool.token"', 'line 1: "pool-token-file" takes the absolute path of a file'],
    ['pool-token-file = "volact-pool:a:AAAA"', 'line 1: "pool-token-file" takes the absolute path of a file'],
    ['activation-type = "magic"', 'line 1: "activation-type" is one of any, directory, host, token'],
    ['site = "a.b"', 'line 1: "site" takes one label'],
    ['[product.x]', 'line 1: there is no table "product.x"'],
    ['[products.a.b]', 'line 1: there is no table "products.a.b"'],
    ['[products.x]\ncustomer = "Example"', 'line 2: there is no "customer" for a product'],
    ['[products.a]\nhost = "x"\n[products.A]\nhost = "y"', 'line 4: "host" is there already'],
    ['[products]\nhost = "a"', 'line 2: "products" takes a name'],
  ])('with a mistake is understood in no part: %j', (text, says) => {
    expect(() => parsePolicy(parseToml(text))).toThrow(says)
  })
})
