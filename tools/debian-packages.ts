import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What the tests run beside Volact: a package of Debian, and a file by which to tell that it is there. */
const packages: readonly { readonly name: string; readonly probe: string }[] = [
  { name: 'bind9', probe: '/usr/sbin/named' },
  { name: 'bind9-dnsutils', probe: '/usr/bin/dig' },
  { name: 'openssl', probe: '/usr/bin/openssl' },
  { name: 'prometheus', probe: '/usr/bin/promtool' },
  { name: 'python3', probe: '/usr/bin/python3' },
  { name: 'systemd', probe: '/usr/bin/systemd-analyze' },
  { name: 'tinyproxy', probe: '/usr/bin/tinyproxy' },
]

/** Installs the packages that tests need and that are missing; where it cannot, says so and ends with status 4. */
export function installDebianPackages(): void {
  const missing = packages.filter(({ probe }) => !existsSync(probe)).map(({ name }) => name)
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    fail(
      `the tests need ${missing.join(', ')}: install them, as with "apt-get install ${missing.join(' ')}" on Debian.`,
    )
  }
  process.stderr.write(`check: installing ${missing.join(', ')} …\n`)
  apt('update')
  apt('install', '-y', '--no-install-recommends', ...missing)
}

function apt(...args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const done = spawnSync('apt-get', ['-qq', ...args], { env, encoding: 'utf8' })
  if (done.status !== 0) fail(`apt-get ${args.join(' ')} failed: ${done.stderr}`)
}

function fail(text: string): never {
  process.stderr.write(`check: ${text}\n`)
  process.exit(4)
}
