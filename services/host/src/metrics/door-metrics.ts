import type { DoorFigures } from '../strangers/open-door.ts'
import type { Family } from './exposition.ts'
import { counter, gauge } from './vendor-metrics.ts'

/** The numbers of the door for new identities (rule 39). */
export function doorMetrics({
  usedToday,
  perDay,
  expected,
  waiting,
  sentAway,
  room,
  quotaShare,
}: DoorFigures): readonly Family[] {
  const one = (name: string, help: string, value: number): Family => gauge(name, help, [{ value }])
  return [
    one('new_machines_today', 'New machines that were taken in today (UTC)', usedToday),
    one('new_machines_day_limit', 'New machines that may be taken in on a day', perDay),
    one('new_machines_expected', 'Machines of the roll-out that was announced; 0 without one', expected),
    one('new_machines_waiting', 'New machines that wait for their turn', waiting),
    counter('new_machines_sent_away_total', 'New machines that were told to come again', [{ value: sentAway }]),
    one(
      'disk_quota_used_ratio',
      'The part of the disk quota that is used; new machines are recorded below 0.9',
      quotaShare,
    ),
    one(
      'new_machines_room',
      '1 while there is room on the disk for new machines, 0 while only known ones are recorded',
      Number(room === 'good'),
    ),
  ]
}
