import { toHex } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { toIso } from '@volact/core/time'
import type { VendorStatus } from '@volact/host/status'
import type { Printed } from '../output.ts'
import { testRootBanner } from '../test-root.ts'
import { fullHostInformation, hostExpiry, type HostView, shortHostInformation } from './host-information.ts'
import { hostKeyOf } from './host-key.ts'
import { setInterval, setPort, setPriority, setPublishing } from './host-setting-verbs.ts'
import type { Task } from './task.ts'

/** What an option is asked to do with the host of a folder. */
interface HostTask extends Task {
  readonly dir: string
}

/** What an option does with a host. */
export type HostVerb = (task: HostTask) => Promise<Printed>

/** What the options do with a host. */
export const hostVerbs: Readonly<Record<string, HostVerb>> = {
  ipk: installHostKey,
  ato: activate,
  dli: (task) => show(task, shortHostInformation),
  dlv: (task) => show(task, fullHostInformation),
  xpr: (task) => show(task, hostExpiry),
  sprt: setPort,
  sai: (task) => setInterval(task, 'activation'),
  sri: (task) => setInterval(task, 'renewal'),
  sdns: (task) => setPublishing(task, 'enabled'),
  cdns: (task) => setPublishing(task, 'disabled'),
  spri: (task) => setPriority(task, 'Normal'),
  cpri: (task) => setPriority(task, 'Low'),
}

async function installHostKey({ dir, values: [key = ''] }: HostTask): Promise<Printed> {
  const { installKey } = await import('@volact/host/install-key')
  const done = await installKey(dir, key)
  return { text: `Installed product key ending in ${done.lastFive} successfully.`, json: done }
}

async function activate({ dir, values: [vendor], world, say }: HostTask): Promise<Printed> {
  const { activateHost } = await import('@volact/host/activate-host')
  const { probeHardware } = await import('@volact/client/hardware-probe')
  const choice = vendor === undefined ? {} : { vendor }
  say(`Activating the host in ${dir} ...`)
  const done = await activateHost(dir, { ...choice, now: world.now(), probe: probeHardware })
  return {
    text: `Product activated successfully.\nIt serves ${done.customer || 'an unnamed customer'} until ${toIso(done.notAfter)}.`,
    json: { ...done, logId: toHex(done.logId) },
  }
}

async function show({ dir, values, world }: HostTask, write: (view: HostView) => string): Promise<Printed> {
  const { hostStatus } = await import('@volact/host/host-status')
  const { loadConfig } = await import('@volact/host/config/load-config')
  const { readCounters } = await import('@volact/host/index/read-counters')
  const { address, others, ...first } = await hostStatus(dir, { now: world.now })
  const { config, dns } = loadConfig(dir, { env: world.surroundings.env, flags: [] })
  const isPublishing = dns.enabled && dns.zones.length > 0
  const counters = await readCounters(dir, { now: world.now })
  const vendors = chooseVendors([first, ...others], values)
  const views = vendors.map((vendor) => ({
    ...{ vendor, address, now: world.now(), priority: config.priority, isPublishing },
    counters: counters.find(({ application, vendor: of }) => application === undefined && of === vendor.vendor?.id),
    hostKey: vendor.vendor && hostKeyOf(dir, vendor.vendor.id),
  }))
  return {
    text: views.map(write).join('\n\n'),
    json: { role: 'host', ...(address !== undefined && { address }), vendors },
    notes: testRootBanner(vendors.some(({ test }) => test)),
  }
}

/** Those that are named by their IDs, or by the IDs of their applications; all where none is. */
function chooseVendors(vendors: readonly VendorStatus[], names: readonly string[]): readonly VendorStatus[] {
  if (names.length === 0 || names.some((name) => name.toLowerCase() === 'all')) return vendors
  return names.map((name) => {
    const found = vendors.find(({ vendor, applications }) => {
      return vendor?.id === name || applications.some(({ id }) => id === name.toLowerCase())
    })
    if (found !== undefined) return found
    const known = vendors.flatMap(({ vendor }) => vendor?.id ?? []).join(', ') || 'none'
    throw new ActivationError('USAGE', `this host has no vendor and no application "${name}"; its vendors are ${known}`)
  })
}
