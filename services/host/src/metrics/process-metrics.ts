import type { Instant } from '@volact/core/time'
import type { Family } from './exposition.ts'
import { gauge } from './vendor-metrics.ts'

/** What is measured of the program and its machine. Bytes, seconds, minutes. */
export interface ProcessFigures {
  readonly version: string
  readonly started: Instant
  readonly isReady: boolean
  readonly memory: number
  readonly disk: { readonly free: number; readonly total: number } | undefined
  readonly idleMinutes: number
  readonly limits: { readonly idleMinutes: number; readonly diskFreeBytes: number }
}

/** The numbers of the program and its machine. */
export function processMetrics(figures: ProcessFigures): readonly Family[] {
  const { version, started, isReady, memory, disk, idleMinutes, limits } = figures
  return [
    gauge('info', 'The version of the host', [{ labels: { version }, value: 1 }]),
    gauge('start_timestamp_seconds', 'When the host was started', [{ value: started }]),
    gauge('ready', '1 while the host can grant and record, as /readyz says', [{ value: Number(isReady) }]),
    gauge('memory_bytes', 'Resident memory of the host', [{ value: memory }]),
    gauge(
      'disk_free_bytes',
      'Free disk where the folder of the host lies',
      disk === undefined ? [] : [{ value: disk.free }],
    ),
    gauge('disk_size_bytes', 'Size of that disk', disk === undefined ? [] : [{ value: disk.total }]),
    gauge('disk_free_limit_bytes', 'The free disk below which to warn', [{ value: limits.diskFreeBytes }]),
    gauge('idle_seconds', 'Since when nobody has asked anything, to the minute', [{ value: idleMinutes * 60 }]),
    gauge('idle_limit_seconds', 'How long nobody may ask before there is to be warned', [
      { value: limits.idleMinutes * 60 },
    ]),
  ]
}
