/**
 * Makes the golden vectors that do not exist yet, in vectors/v1 or the folder given as a file URL. Those that exist are
 * frozen: a client of today must work with a host of 2037, so no file that stands in SHA256SUMS is ever made again, not
 * even when it was deleted.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { toHex, utf8 } from '@volact/core/bytes'
import { sha256 } from '@volact/core/crypto'
import { cborFile } from './vector-cbor.ts'
import { chainFiles } from './vector-chains.ts'
import { deviceFiles } from './vector-device.ts'
import { entryFiles } from './vector-entries.ts'
import { formatFile, makeFile } from './vector-file.ts'
import { keyFiles } from './vector-keys.ts'
import { leaseFiles } from './vector-leases.ts'
import { plainFiles } from './vector-plain.ts'
import { proofFiles } from './vector-proofs.ts'
import { receiptFiles } from './vector-receipts.ts'
import { ruleFiles } from './vector-rules.ts'
import { wireFiles } from './vector-wire.ts'

const folder = new URL(process.argv[2] ?? '../vectors/v1/', import.meta.url)
const sums = new URL('SHA256SUMS', folder)
mkdirSync(folder, { recursive: true })

const frozen = existsSync(sums) ? readFileSync(sums, 'utf8').split('\n').slice(0, -1) : []
const drafts = [
  ...[cborFile(), ...plainFiles(), ...deviceFiles(), ...entryFiles(), ...proofFiles(), ...receiptFiles()],
  ...[...chainFiles(), ...leaseFiles(), ...wireFiles(), ...keyFiles(), ...ruleFiles()],
]
const made = drafts.flatMap((draft) => {
  const name = `${draft.format}.json`
  if (frozen.some((line) => line.endsWith(`  ${name}`))) return []
  const file = makeFile(draft)
  const text = formatFile(file)
  writeFileSync(new URL(name, folder), text, { flag: 'wx' })
  console.log(`${name}: ${file.good.length} good, ${file.bad.length} bad`)
  return [`${toHex(sha256(utf8(text)))}  ${name}`]
})
const byName = (a: string, b: string): number => (a.slice(66) < b.slice(66) ? -1 : 1)
const lines = [...frozen, ...made].toSorted(byName)
writeFileSync(sums, `${lines.join('\n')}\n`)
console.log(`${made.length} made, ${frozen.length} frozen before`)
