import { type Command, InvalidArgumentError } from 'commander'
import { ActivationError } from '@volact/core/errors/activation-error'
import { fromIso, type Instant, toIso } from '@volact/core/time'
import type { EventRecord } from '@volact/host/index/event-record'
import { columns } from '../columns.ts'
import { type FolderOptions, folderOf, wholeNumber, withFolder } from '../options.ts'
import { print } from '../output.ts'
import { printable } from '../printable.ts'
import { stopStatus } from '../serve.ts'
import type { Shell } from '../shell.ts'

interface EventOptions extends FolderOptions {
  readonly id?: number
  readonly machine?: string
}

interface ListOptions extends EventOptions {
  readonly since?: Instant
  readonly limit: number
}

const mostEvents = 1_000_000
const usualEvents = 100

/** Adds the commands for the events of a host. They work beside the running host, too. */
export function addHostEventCommands(host: Command, shell: Shell): void {
  const event = host
    .command('event')
    .description('what happened, numbered as administrators know it: 12290 each request, 12293 and 12294 DNS')
    .helpCommand(false)
  addList(event, shell)
  addWatch(event, shell)
}

function addList(event: Command, { world }: Shell): void {
  withFilter(event.command('list'))
    .description('list the newest events, the newest last')
    .option(
      '--since <time>',
      'only from this time on: 2026-11-21, 2026-11-21T01:27:00Z, or 3d, 12h, 30m ago',
      sinceOf(world.now),
    )
    .option('--limit <n>', 'only the newest so many', wholeNumber(1, mostEvents), usualEvents)
    .action(async ({ since, id, machine, limit, ...options }: ListOptions) => {
      const { listEvents } = await import('@volact/host/index/list-events')
      const { eventJson } = await import('@volact/host/index/event-record')
      const filter = { limit, ...(since !== undefined && { since }), ...(id !== undefined && { id }) }
      const dir = folderOf('host', options, world)
      const { events, notes } = await listEvents(dir, {
        now: world.now,
        filter,
        ...(machine !== undefined && { machine }),
      })
      const more = events.length === limit ? [`these are the newest ${limit}; --limit and --since show others`] : []
      const text = events.length === 0 ? 'nothing of this has happened' : columns([heading, ...events.map(row)])
      print(world, options, { text, json: { events: events.map(eventJson) }, notes: [...notes, ...more] })
    })
}

function addWatch(event: Command, { world, endWith }: Shell): void {
  withFilter(event.command('watch'))
    .description('show events as they happen, until Ctrl-C')
    .action(async ({ id, machine, ...options }: EventOptions) => {
      const { followEvents } = await import('@volact/host/index/list-events')
      const { eventJson } = await import('@volact/host/index/event-record')
      const stop = world.stop()
      const wanted = { ...(id !== undefined && { id }), ...(machine !== undefined && { machine }) }
      const dir = folderOf('host', options, world)
      for await (const each of followEvents(dir, { now: world.now, stop, ...wanted })) {
        world.out(
          options.json === true ? `${JSON.stringify(eventJson(each))}\n` : `${printable(row(each).join('  '))}\n`,
        )
      }
      endWith(stopStatus(stop))
    })
}

const heading = ['TIME', 'ID', 'FIELDS']

/** The fields as one text separated by commas, as the reference's log has them; the network chose the name among them. */
function row({ time, id, fields, times }: EventRecord): readonly string[] {
  const often = times === 1 ? '' : ` (${times} times that day, this is the last)`
  return [toIso(time), String(id), `${fields.map((field) => field.replaceAll(/[,\r\n]/g, ' ')).join(',')}${often}`]
}

function withFilter(command: Command): Command {
  return withFolder(command, 'host')
    .option('--id <number>', 'only events of this number', wholeNumber(1, 65_535))
    .option('--machine <machine>', 'only of this machine: its name, or the beginning of its ID')
}

const units: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60 }

function sinceOf(now: () => Instant): (text: string) => Instant {
  return (text) => {
    const [, count, unit] = /^(\d{1,6})([dhm])$/.exec(text) ?? []
    if (count !== undefined && unit !== undefined) return now() - Number(count) * (units[unit] ?? 0)
    try {
      return fromIso(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text)
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      throw new InvalidArgumentError(
        'It takes a time like 2026-11-21T01:27:00Z, a day like 2026-11-21, or 3d, 12h, 30m.',
      )
    }
  }
}
