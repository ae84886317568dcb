import fc from 'fast-check'
import { describe, it } from 'vitest'
import { rounds } from '@volact/testkit/rounds'
import { keepFoldersInMemory } from './in-memory.fixture.ts'
import { liveThrough } from './laws-history.fixture.ts'
import { histories } from './laws-steps.fixture.ts'
import { lawVendor } from './laws-vendor.fixture.ts'

keepFoldersInMemory()

describe('through any history of sleep, clocks, hosts, keys, rearms, copies, hardware and disks, a client', () => {
  it('keeps the laws of its license', async () => {
    const vendor = lawVendor()
    const law = fc.asyncProperty(histories, (history) => liveThrough(vendor, history))
    await fc.assert(law, { numRuns: rounds(100) })
  }, 600_000)
})
