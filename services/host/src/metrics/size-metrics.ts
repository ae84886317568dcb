import { join } from 'node:path'
import type { VendorFiles } from '../folder/files.ts'
import { bytesIn, sizeOf } from '../strangers/written-bytes.ts'
import type { Family } from './exposition.ts'
import { gauge } from './vendor-metrics.ts'

/** A vendor with the files that grow. */
export interface MeasuredVendor {
  readonly id: string
  readonly files: Pick<VendorFiles, 'ledger' | 'snapshot'>
}

/** What the files of a host take on the disk, in bytes. Tiles are left out: there is a file for every 256 entries, too many to be looked at. */
export function sizeMetrics(vendors: readonly MeasuredVendor[], index: string): readonly Family[] {
  const each = (name: string, help: string, value: (files: MeasuredVendor['files']) => number): Family =>
    gauge(
      name,
      help,
      vendors.map(({ id, files }) => ({ labels: { vendor: id }, value: value(files) })),
    )
  const within = (part: string) => (files: MeasuredVendor['files']) => bytesIn(join(files.ledger, part))
  return [
    each('entries_bytes', 'The entries of the ledger on the disk', within('entries')),
    each('details_bytes', 'Requests and details beside the ledger on the disk', within('details')),
    each('tree_bytes', 'What is kept of the tree of the ledger on the disk: caches that are made again', (files) =>
      ['tree', 'heads'].reduce((sum, part) => sum + within(part)(files), 0),
    ),
    each('snapshot_bytes', 'The snapshot of counts and last grants on the disk', ({ snapshot }) => sizeOf(snapshot)),
    gauge('index_bytes', 'The index with its log of changes on the disk', [
      { value: ['', '-wal', '-shm'].reduce((sum, suffix) => sum + sizeOf(`${index}${suffix}`), 0) },
    ]),
  ]
}
