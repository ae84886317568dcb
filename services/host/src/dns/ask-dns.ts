import type { Instant } from '@volact/core/time'
import { askControl } from '@volact/files/control-socket'
import { openFolder } from '@volact/files/data-folder'
import { fileOnly, loadConfig } from '../config/load-config.ts'
import { withHostFolder } from '../folder/with-host-folder.ts'
import { openVendors } from '../open-host.ts'
import type { DnsAct, DnsReport } from './acts.ts'
import type { DnsDesk } from './desk.ts'
import { openHostDns } from './host-dns.ts'

/** What a command that works without the running host needs. */
export interface AskDnsOptions {
  readonly now: () => Instant
  readonly note: (text: string) => void
}

/** Has the running host do something in DNS, or does it from the folder under its lock. What `DnsDesk.answer` throws. */
export async function askDns(dir: string, act: DnsAct, options: AskDnsOptions): Promise<DnsReport> {
  const { path } = openFolder(dir, 'host')
  const asked = await askControl(path, { verb: 'dns', ...act })
  // What answers there is a host of this folder's owner, and of the version that runs here.
  return asked === undefined ? answerFrom(path, act, options) : (asked.answer as DnsReport)
}

/** Answers a question that came through the control socket of a running host. */
export function answerDns(question: unknown, desk: DnsDesk): Promise<DnsReport> {
  return desk.answer(parseAct(question))
}

function answerFrom(dir: string, act: DnsAct, { now, note }: AskDnsOptions): Promise<DnsReport> {
  return withHostFolder(dir, async (path) => {
    const vendors = openVendors(path, { time: { now, elapsed: () => 0 }, observer: { note } })
    try {
      const { dns: settings } = loadConfig(path, fileOnly)
      const event = (): void => undefined
      const desk = openHostDns({
        ...{ dir: path, settings, now, note, event },
        address: () => '',
        vendors: () => vendors,
      })
      return await desk.answer(act)
    } finally {
      for (const { service } of vendors) await service?.close()
    }
  })
}

/** The other end is a command of this version; what it says of a zone is read by the desk. */
function parseAct(question: unknown): DnsAct {
  const fields: Readonly<Record<string, unknown>> =
    typeof question === 'object' && question !== null ? { ...question } : {}
  const { act, zone, site, port } = fields
  const table = typeof zone === 'object' && zone !== null ? { zone } : {}
  const at = typeof port === 'number' ? { port } : {}
  switch (act) {
    case 'status':
      return { act }
    case 'publish':
    case 'records':
      return { act, ...table, ...at }
    case 'withdraw':
      return { act, ...(typeof zone === 'string' && { zone }), ...(typeof site === 'string' && { site }) }
    default:
      throw new Error('the running host knows no such act in DNS')
  }
}
