import { setTimeout } from 'node:timers/promises'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { askControl } from '@volact/files/control-socket'
import { openFolder } from '@volact/files/data-folder'
import { openSqliteToRead } from '@volact/storage/open-sqlite'
import { hostFiles } from '../folder/files.ts'
import type { EventRecord } from './event-record.ts'
import { readEvents } from './read-events.ts'

/** How often the running host is asked to write what waits, in milliseconds. */
const interval = 500
/** The most events of one look; more than that in half a second are not for a person to read. */
const most = 10_000
/** How far back events still change: refusals that are alike are one event a day. */
const day = 86_400

export interface WatchOptions {
  readonly now: () => Instant
  readonly stop: AbortSignal
  readonly id?: number
  readonly machine?: string
}

/**
 * Gives the events of a running host as they happen, until `stop` aborts. Of refusals that are alike, each look tells how many there were
 * since the one before. `NOT_RUNNING` where no host runs, also when it ends meanwhile.
 */
export async function* watchEvents(dir: string, options: WatchOptions): AsyncGenerator<EventRecord> {
  const { path } = openFolder(dir, 'host')
  const known = new Map<string, number>()
  const begin = options.now()
  for (let isFirst = true; !options.stop.aborted; isFirst = false) {
    await requireWritten(path)
    for (const event of await look(hostFiles(path).index, options, begin)) {
      const told = known.get(keyOf(event)) ?? 0
      known.set(keyOf(event), event.times)
      if (!isFirst && event.times > told) yield { ...event, times: event.times - told }
    }
    prune(known)
    await setTimeout(interval, undefined, { signal: options.stop }).catch(() => undefined)
  }
}

async function requireWritten(path: string): Promise<void> {
  const asked = await askControl(path, { verb: 'index-sync' })
  if (asked === undefined) throw new ActivationError('NOT_RUNNING', 'no host runs on this folder, so nothing happens')
}

/** What happened in this second may happen again in it, so that one is looked at twice. */
async function look(
  index: string,
  { now, id, machine }: WatchOptions,
  begin: Instant,
): Promise<readonly EventRecord[]> {
  const db = await openSqliteToRead(index)
  try {
    const since = Math.max(begin - day, now() - day)
    return readEvents(db, {
      since,
      limit: most,
      ...(id !== undefined && { id }),
      ...(machine !== undefined && { machine }),
    })
  } finally {
    db.close()
  }
}

function keyOf({ time, id, vendor, fields, entry }: EventRecord): string {
  if (entry !== undefined) return `${vendor}/${entry}`
  const [result, , , machine, , , , , product] = fields
  if (id === 12290) return `${vendor}/${result}/${machine}/${product}/${Math.floor(time / day)}`
  return `${id}/${time}/${fields.join('/')}`
}

/** The oldest are forgotten; a Map keeps the order of insertion. */
function prune(known: Map<string, number>): void {
  for (const key of known.keys()) {
    if (known.size <= 2 * most) return
    known.delete(key)
  }
}
