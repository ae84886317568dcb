import { parseEntry } from '@volact/core/document/ledger-entry'
import { type Inspector, notByItself } from './inspector.ts'
import { viewOf } from './view.ts'

/** One entry of a host's ledger. */
export const ledgerEntryInspector: Inspector = {
  read: (bytes) => viewOf(parseEntry(bytes)),
  verify: notByItself('an entry needs the receipt that shows where it stands, as in a lease file'),
}
