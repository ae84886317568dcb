import type { Command } from 'commander'
import type { ChangedSettings } from '@volact/host/config/changed-settings'
import type { ShownSetting } from '@volact/host/config/shown-setting'
import { columns } from '../columns.ts'
import { type FolderOptions, folderOf, withFolder } from '../options.ts'
import { print, type Printed } from '../output.ts'
import type { Shell } from '../shell.ts'
import type { World } from '../world.ts'

interface SetOptions extends FolderOptions {
  readonly reload: boolean
}

/** Adds the commands for the settings of a host. */
export function addHostConfigCommands(host: Command, shell: Shell): void {
  const config = host.command('config').description('the settings of the host, in host.toml').helpCommand(false)
  addGet(config, shell)
  addSet(config, shell)
  addUnset(config, shell)
  addCheck(config, shell)
  addReload(host, shell)
}

function addGet(config: Command, { world }: Shell): void {
  withFolder(config.command('get'), 'host')
    .description('show the settings in force, and where each was set')
    .argument('[key]', 'one setting')
    .action(async (key: string | undefined, options: FolderOptions) => {
      const { loadConfig } = await import('@volact/host/config/load-config')
      const { requireKey } = await import('@volact/host/config/change-config')
      const { shownSettings } = await import('@volact/host/config/shown-setting')
      const wanted = key === undefined ? undefined : requireKey(key)
      const dir = await hostFolder(options, world)
      const loaded = loadConfig(dir, { env: world.surroundings.env, flags: [] })
      const shown = shownSettings(loaded).filter((setting) => wanted === undefined || setting.key === wanted)
      const [only] = shown
      const text = wanted === undefined || only === undefined ? settingsText(shown) : valueText(only)
      const zones = wanted === undefined ? { zones: loaded.dns.zones } : {}
      print(world, options, { text, json: { settings: shown, ...zones } })
    })
}

function addSet(config: Command, { world }: Shell): void {
  withFolder(config.command('set'), 'host')
    .description('change a setting in host.toml, whose comments stay; a running host takes it at once')
    .argument('<key>', 'setting, such as intervals.renewal')
    .argument('<value>', 'its value')
    .option('--no-reload', 'leave a running host as it is')
    .action(async (key: string, text: string, options: SetOptions) => {
      print(world, options, await change({ key, text }, options, world))
    })
}

function addUnset(config: Command, { world }: Shell): void {
  withFolder(config.command('unset'), 'host')
    .description('take a setting out of host.toml, so that its usual value holds')
    .argument('<key>', 'setting')
    .option('--no-reload', 'leave a running host as it is')
    .action(async (key: string, options: SetOptions) => {
      print(world, options, await change({ key, text: undefined }, options, world))
    })
}

function addCheck(config: Command, { world }: Shell): void {
  withFolder(config.command('check'), 'host')
    .description('say whether all settings are right: the file, the environment, and how they fit together')
    .action(async (options: FolderOptions) => {
      const { loadConfig } = await import('@volact/host/config/load-config')
      const { from } = loadConfig(await hostFolder(options, world), { env: world.surroundings.env, flags: [] })
      const set = from.size === 1 ? '1 setting is made' : `${from.size} settings are made`
      print(world, options, { text: `all right: ${set}, the others are the usual ones`, json: { settings: from.size } })
    })
}

function addReload(host: Command, { world }: Shell): void {
  withFolder(host.command('reload'), 'host')
    .description('let the running host take changed settings and TLS certificates, without dropping a connection')
    .action(async (options: FolderOptions) => {
      const { askHost } = await import('@volact/host/ask-host')
      const changed = await askHost(folderOf('host', options, world), { verb: 'reload' }, { now: world.now })
      print(world, options, { text: changedText(changed), json: changed })
    })
}

interface Changing {
  readonly key: string
  readonly text: string | undefined
}

async function change(changing: Changing, options: SetOptions, world: World): Promise<Printed> {
  const { changeConfig } = await import('@volact/host/config/change-config')
  const { reloadIfRunning } = await import('@volact/host/reload-if-running')
  const dir = await hostFolder(options, world)
  changeConfig(dir, [changing])
  const { key, text } = changing
  const changed = options.reload ? await reloadIfRunning(dir) : undefined
  const said = text === undefined ? `${key} has its usual value again` : `${key} is ${text}`
  return {
    text: changed === undefined ? said : `${said}\n${changedText(changed)}`,
    json: { key, value: text ?? null, ...(changed && { reload: changed }) },
  }
}

/** The folder of a host that was set up. */
async function hostFolder(options: FolderOptions, world: World): Promise<string> {
  const { openFolder } = await import('@volact/files/data-folder')
  return openFolder(folderOf('host', options, world), 'host').path
}

/** Says what a running host has taken, and what not. */
function changedText({ taken, afterRestart }: ChangedSettings): string {
  const now =
    taken.length === 0 ? 'the running host has nothing to change' : `the running host takes: ${taken.join(', ')}`
  return afterRestart.length === 0 ? now : `${now}\nonly after a restart: ${afterRestart.join(', ')}`
}

function settingsText(settings: readonly ShownSetting[]): string {
  return columns([
    ['SETTING', 'VALUE', 'FROM'],
    ...settings.map((setting) => [setting.key, valueText(setting), setting.from]),
  ])
}

function valueText({ value }: ShownSetting): string {
  return value === null ? '–' : String(value)
}
