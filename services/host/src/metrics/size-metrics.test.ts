import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { hostFiles, vendorFiles } from '../folder/files.ts'
import { makeActivatedHost } from '../host.fixture.ts'
import { random, writeGrants } from '../index/index.fixture.ts'
import { listMachines } from '../index/list-machines.ts'
import { makeVendor, start } from '../vendor.fixture.ts'
import { exposition } from './exposition.ts'
import { sizeMetrics } from './size-metrics.ts'

it('the sizes of ledger, details, tree, snapshot and index are those of their files', async () => {
  const vendor = makeVendor()
  const dir = await makeActivatedHost(vendor)
  const files = vendorFiles(dir, 'example')
  const { index } = hostFiles(dir)
  const measured = (): string => exposition(sizeMetrics([{ id: 'example', files }], index))
  expect(measured()).toContain('\nvolact_host_index_bytes 0\n')
  await writeGrants(dir, vendor, [{ machine: random(32), time: start }])
  await listMachines(dir, { now: () => start, filter: {}, onPage: () => undefined })
  const bytes = (...path: readonly string[]): number => statSync(join(files.ledger, ...path)).size
  const text = measured()
  for (const part of ['entries', 'details'])
    expect(text).toContain(`\nvolact_host_${part}_bytes{vendor="example"} ${String(bytes(part, '000000.log'))}\n`)
  expect(text).toMatch(/\nvolact_host_tree_bytes\{vendor="example"\} \d+\n/)
  expect(text).toMatch(/\nvolact_host_snapshot_bytes\{vendor="example"\} \d+\n/)
  const sizes = ['', '-wal', '-shm'].map(
    (suffix) => statSync(`${index}${suffix}`, { throwIfNoEntry: false })?.size ?? 0,
  )
  const sum = sizes.reduce((all, size) => all + size, 0)
  expect(sum).toBeGreaterThan(4_096)
  expect(text).toContain(`\nvolact_host_index_bytes ${String(sum)}\n`)
})
