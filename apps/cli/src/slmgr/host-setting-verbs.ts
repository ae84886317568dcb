import { ActivationError } from '@volact/core/errors/activation-error'
import type { ChangedSettings } from '@volact/host/config/changed-settings'
import type { Printed } from '../output.ts'
import type { Task } from './task.ts'

/** A setting of the host that an old option changes. */
interface OldSetting {
  readonly key: string
  readonly text: string
  /** What the old command says when it is done. */
  readonly done: string
  /** What it says can be set on an activated host only. */
  readonly what: string
}

type SettingTask = Task & { readonly dir: string }

/** `/sprt`: the port changes, the address on which the host listens stays. */
export async function setPort(task: SettingTask): Promise<Printed> {
  const { dir, world, values } = task
  const [port = ''] = values
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw new ActivationError('USAGE', `"${port}" is no port: write a number from 1 to 65535`)
  }
  const { loadConfig } = await import('@volact/host/config/load-config')
  const { formatListenAddress } = await import('@volact/host/config/listen-setting')
  const { host } = loadConfig(dir, { env: world.surroundings.env, flags: [] }).config.listen
  const text = formatListenAddress({ host, port: Number(port) })
  return change(task, { key: 'listen', text, done: `KMS port set to ${port} successfully.`, what: 'KMS port' })
}

/** `/sai` and `/sri`. */
export function setInterval(task: SettingTask, which: 'activation' | 'renewal'): Promise<Printed> {
  const [text = ''] = task.values
  const what = `${which === 'activation' ? 'Activation' : 'Renewal'} interval`
  const done = `Volume ${which} interval set to ${text} minutes successfully.`
  return change(task, { key: `intervals.${which}`, text, done, what })
}

/** `/sdns` and `/cdns`. */
export function setPublishing(task: SettingTask, publishing: 'enabled' | 'disabled'): Promise<Printed> {
  const text = String(publishing === 'enabled')
  return change(task, { key: 'dns.enabled', text, done: `DNS publishing ${publishing}`, what: 'DNS Publishing' })
}

/** `/spri` and `/cpri`. */
export function setPriority(task: SettingTask, priority: 'Normal' | 'Low'): Promise<Printed> {
  const done = `KMS priority set to ${priority}`
  return change(task, { key: 'priority', text: priority.toLowerCase(), done, what: 'Priority' })
}

async function change({ dir, world }: SettingTask, { key, text, done, what }: OldSetting): Promise<Printed> {
  await requireActivated(dir, what, world.now)
  const { changeConfig } = await import('@volact/host/config/change-config')
  const { reloadIfRunning } = await import('@volact/host/reload-if-running')
  const { dns } = changeConfig(dir, [{ key, text }])
  const reload = await reloadIfRunning(dir)
  const isUnpublished = key === 'dns.enabled' && dns.enabled && dns.zones.length === 0
  return {
    text: done,
    json: { key, value: text, ...(reload && { reload }) },
    notes: [...heldUp(reload), ...(isUnpublished ? [noZone] : [])],
  }
}

const noZone = 'no zone is named yet, so nothing is published: docs/configuration.md shows how one is'

function heldUp(reload: ChangedSettings | undefined): readonly string[] {
  if (reload === undefined) return ['the host does not run; this holds when it is started']
  return reload.afterRestart.length === 0 ? [] : [`only after a restart of the host: ${reload.afterRestart.join(', ')}`]
}

/** As there: these settings belong to a host that is one. */
async function requireActivated(dir: string, what: string, now: Task['world']['now']): Promise<void> {
  const { hostStatus } = await import('@volact/host/host-status')
  const status = await hostStatus(dir, { now })
  if ([status, ...status.others].some(({ state }) => state === 'licensed')) return
  const message = `Warning: ${what} can only be set on a KMS machine that is also activated.`
  throw new ActivationError('HOST_NOT_ACTIVATED', message)
}
