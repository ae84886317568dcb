import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { start } from '../vendor.fixture.ts'
import type { EventRecord } from './event-record.ts'
import { HostIndex } from './host-index.ts'
import { readEvents } from './read-events.ts'

function eventsIn(path: string): readonly EventRecord[] {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    return readEvents(db, { limit: 9 })
  } catch {
    return [] // It is only being made.
  } finally {
    db.close()
  }
}

it('what happens before the thread of the index is started is written soon after, though nothing else happens', async () => {
  const path = join(temporaryFolder(), 'index')
  const notes: string[] = []
  const index = new HostIndex({ path, now: () => start, note: (text) => void notes.push(text) })
  onTestFinished(() => index.close())
  index.event({ id: 12293, vendor: 'example', fields: ['DNS_REFUSED', 'example.test'] })
  index.start([])
  let events: readonly EventRecord[] = []
  while (events.length === 0) {
    await setTimeout(10)
    if (existsSync(path)) events = eventsIn(path)
  }
  expect(events).toMatchObject([{ id: 12293, time: start }])
  expect(notes).toEqual([])
})
