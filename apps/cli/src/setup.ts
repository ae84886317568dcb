import { existsSync } from 'node:fs'
import { decodeUtf8, utf8 } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { toIso } from '@volact/core/time'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'
import type { HostCheck } from '@volact/host/check/host-check'
import type { OfferedVendor, SetupState } from '@volact/host/setup-host'
import type { Change } from '@volact/host/config/change-config'
import type { LoadedConfig } from '@volact/host/config/load-config'
import { facts } from './columns.ts'
import { hostCheckText } from './host-check-text.ts'
import type { JsonOption } from './output.ts'
import { note } from './output.ts'
import { printable } from './printable.ts'
import { type Questions, questionsFor } from './questions.ts'
import { hostUnit, hostUnitPath } from './service-unit.ts'
import { testRootBanner } from './test-root.ts'
import type { World } from './world.ts'

/** What can be said of a set-up beforehand. */
export interface SetupOptions extends JsonOption {
  readonly dir?: string
  readonly key?: string
  readonly keyFile?: string
  readonly rootFingerprint?: string
  readonly authority?: string
  readonly recoveryKeyFile?: string
  readonly listen?: string
  readonly admin?: string
  readonly dnsZone?: readonly string[]
  readonly dnsServer?: string
  readonly dnsKeyFile?: string
  readonly service?: true
  readonly yes?: true
}

/** Asks what is to be asked, sets the host up, and looks whether it works. */
export async function setUp(
  dir: string,
  starter: Uint8Array,
  options: SetupOptions,
  world: World,
): Promise<{ readonly text: string; readonly json: object }> {
  const { readOffered, setupHost, setupState } = await import('@volact/host/setup-host')
  const { probeHardware } = await import('@volact/client/hardware-probe')
  const say = sayingTo(world, options)
  const questions = questionsFor(world, options.yes)
  const offered = readOffered(starter, world.now())
  for (const line of testRootBanner(offered.test)) note(world, line)
  await confirmRoot(offered, options, questions, say)
  const state = setupState(dir, offered.id)
  const hostKey = await keyFor(options, state, questions)
  const settings = await settingsFor(dir, options, questions)
  const unit = await wantsUnit(options, questions, world)
  let recoveryKey: string | undefined
  const { authority, recoveryKeyFile } = options
  const activated = await setupHost({
    ...{ dir, starter, settings, now: world.now, probe: probeHardware, onStep: say },
    ...(hostKey !== undefined && { hostKey }),
    ...(authority !== undefined && { authority }),
    ...(recoveryKeyFile !== undefined && { recoveryKeyFile }),
    onRecoveryKey: (key) => {
      recoveryKey = key
      say(recoveryKeyText(key))
    },
  })
  say(
    activated === undefined
      ? 'it was activated before'
      : `this host is activated for ${activated.customer || 'an unnamed customer'} until ${toIso(activated.notAfter)}`,
  )
  if (unit) writeUnit(options.dir, say)
  const checks = await firstCheck(dir, world)
  return {
    text: `${hostCheckText(checks)}\n\n${nextSteps(options, unit)}`,
    json: { dir, vendor: offered.id, ...(recoveryKey !== undefined && { recoveryKey }), checks },
  }
}

type Say = (text: string) => void

/** What is done is said at once; with `--json` beside the one object. */
function sayingTo(world: World, { json }: JsonOption): Say {
  return (text) => {
    if (json === true) note(world, text)
    else world.out(`${printable(text)}\n`)
  }
}

/** Rule 48: nothing of a starter file is used before somebody has compared its root with what the vendor says on another way. */
async function confirmRoot(
  { id, name, fingerprint, authority }: OfferedVendor,
  { rootFingerprint }: SetupOptions,
  questions: Questions,
  say: Say,
): Promise<void> {
  say(
    facts([
      ['vendor', `${name} (${id})`],
      ['root', fingerprint],
      ['authority', authority],
    ]),
  )
  if (rootFingerprint !== undefined) {
    if (plainHex(rootFingerprint) === plainHex(fingerprint)) return
    throw new ActivationError(
      'ROOT_CHANGED',
      `the starter file has the root ${fingerprint}, and not the one that was named: nothing was done`,
    )
  }
  if (!questions.isAsking)
    throw new ActivationError(
      'USAGE',
      'with --yes the root must be named: give --root-fingerprint as the vendor says it',
    )
  if (await questions.agree('Does the vendor name the same fingerprint on another way?', 'no')) return
  throw new ActivationError('ROOT_UNKNOWN', 'the root was not confirmed: nothing was done')
}

function plainHex(fingerprint: string): string {
  return fingerprint.replaceAll(/[:\s]/g, '').toUpperCase()
}

const mostKeyBytes = 256

async function keyFor(
  { key, keyFile }: SetupOptions,
  state: SetupState,
  questions: Questions,
): Promise<string | undefined> {
  if (key !== undefined) return key
  if (keyFile !== undefined) {
    const path = keyFile === '-' ? '/dev/stdin' : keyFile
    return (decodeUtf8(readLimited(path, mostKeyBytes, 'the host key')) ?? '').trim()
  }
  return state.hasKey || state.isActivated ? undefined : questions.secret('Host key (it is not shown)')
}

async function settingsFor(dir: string, options: SetupOptions, questions: Questions): Promise<readonly Change[]> {
  return [
    ...(await listenSettings(dir, options, questions)),
    ...(await adminSettings(dir, options, questions)),
    ...(await dnsSettings(options, questions)),
  ]
}

async function listenSettings(dir: string, { listen }: SetupOptions, questions: Questions): Promise<readonly Change[]> {
  if (listen !== undefined) return [{ key: 'listen', text: listen }]
  const { freePort } = await import('@volact/host/choose-port')
  if (existsSync(`${dir}/host.toml`)) return []
  const usual = { host: '0.0.0.0', port: 1_688 }
  const port = await freePort(usual)
  if (port === usual.port) return []
  const proposed = port === undefined ? '' : `0.0.0.0:${port}`
  const text = await questions.text('Port 1688 is in use by another program; listen on', proposed)
  return [{ key: 'listen', text }]
}

async function adminSettings(dir: string, { admin }: SetupOptions, questions: Questions): Promise<readonly Change[]> {
  if (admin === 'off') return []
  if (admin !== undefined) return [{ key: 'admin.listen', text: admin }]
  if (existsSync(`${dir}/host.toml`)) return []
  const { freePort } = await import('@volact/host/choose-port')
  const port = await freePort({ host: '127.0.0.1', port: 1_690 })
  if (port === undefined) return []
  const text = `127.0.0.1:${port}`
  const wants = await questions.agree(`Serve health and metrics on ${text}?`, 'yes')
  return wants ? [{ key: 'admin.listen', text }] : []
}

async function dnsSettings(
  { dnsZone, dnsServer, dnsKeyFile }: SetupOptions,
  questions: Questions,
): Promise<readonly Change[]> {
  const zones = dnsZone ?? (await zonesFrom(questions))
  if (zones.length === 0) return []
  const isAsking = questions.isAsking && dnsZone === undefined
  const server =
    dnsServer ??
    (isAsking ? await questions.text('  Name server for updates, IP:PORT (empty: the one the zone names)', '') : '')
  const keyFile = dnsKeyFile ?? (isAsking ? await questions.text('  File with the TSIG key (empty: none)', '') : '')
  return zones.flatMap((zone) => [
    { key: `dns.zones.${zone}.ttl`, text: '3600' },
    ...(server === '' ? [] : [{ key: `dns.zones.${zone}.server`, text: server }]),
    ...(keyFile === '' ? [] : [{ key: `dns.zones.${zone}.key-file`, text: keyFile }]),
  ])
}

async function zonesFrom(questions: Questions): Promise<readonly string[]> {
  if (!questions.isAsking) return []
  const zone = await questions.text('Publish the host in DNS? Zone, such as corp.example (empty: no)', '')
  return zone === '' ? [] : [zone]
}

async function wantsUnit({ service }: SetupOptions, questions: Questions, { surroundings }: World): Promise<boolean> {
  if (service !== undefined) return true
  const couldWrite = surroundings.platform === 'linux' && surroundings.uid === 0 && existsSync('/run/systemd/system')
  return couldWrite && questions.isAsking && questions.agree(`Write a service to ${hostUnitPath}?`, 'yes')
}

function writeUnit(dir: string | undefined, say: Say): void {
  const command = [process.execPath, ...process.execArgv, process.argv[1] ?? 'volact']
  writeDurably(hostUnitPath, utf8(hostUnit({ command, ...(dir !== undefined && { dir }) })), { mode: 0o644 })
  say(`${hostUnitPath} is written`)
}

/** Serves for a moment where nobody serves yet, so that what a client would meet is looked at, too. */
async function firstCheck(dir: string, world: World): Promise<readonly HostCheck[]> {
  const { checkHost } = await import('@volact/host/check/check-host')
  const { loadConfig } = await import('@volact/host/config/load-config')
  const { startHost } = await import('@volact/host/start-host')
  const sources = { env: world.surroundings.env, flags: [] }
  // Nothing is published of a host that is not going to stay.
  const settings = (): LoadedConfig => {
    const loaded = loadConfig(dir, sources)
    return { ...loaded, dns: { ...loaded.dns, zones: [] } }
  }
  const host = await startHost({ dir, settings, now: world.now })
  try {
    return await checkHost(dir, { now: world.now, sources })
  } finally {
    await host.close()
  }
}

function recoveryKeyText(key: string): string {
  return [
    '',
    'The recovery key of this host, shown this once:',
    '',
    `  ${key.trimEnd().replaceAll('\n', '\n  ')}`,
    '',
    'Write it down and keep it away from this machine: with it a ledger that was restored from a backup goes on.',
    '',
  ].join('\n')
}

function nextSteps({ dir }: SetupOptions, hasUnit: boolean): string {
  const folder = dir === undefined ? '' : ` --dir ${dir}`
  const start = hasUnit ? 'systemctl daemon-reload && systemctl enable --now volact-host' : `volact host serve${folder}`
  return `The host is set up. Start it:  ${start}\nLook at it:  volact host status${folder}   volact host check${folder}`
}
