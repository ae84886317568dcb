import type { Instant } from '@volact/core/time'
import { believedTime } from '../folder/clock-mark.ts'
import type { KeptLicense } from '../folder/kept-license.ts'
import { type Memory, withEvent } from '../folder/license-memory.ts'
import { newRecord } from '../folder/store.ts'

/** What a copy remembers of the machine that it was copied from: its keys. Grace and rearms belong to hardware (rule 37). */
export function copiedMemory({ licenses, ...memory }: Memory, now: Instant): Memory {
  const begins = believedTime(memory.clock, now)
  const begun = [...licenses].map(([id, { vendor, record }]): [string, KeptLicense] => {
    return [id, { vendor, record: newRecord(record.key, begins) }]
  })
  const text =
    'this folder was made on other hardware, so this machine has made itself a new identity; its product keys stay, and it ' +
    'activates by itself: prepare images with "volact client generalize" before they are copied'
  return withEvent({ ...memory, licenses: new Map(begun) }, { at: now, code: 'MACHINE_COPIED', text })
}
