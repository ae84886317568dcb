// Appends batches for ever to the ledger in a folder, erases some, publishes, and says after each batch how many entries it has been promised.
// Run by tests, to be killed or to run into a limit: node append-child.fixture.ts DIR KEY-IN-HEX NOTE-KEY-IN-HEX BATCH
import { randomBytes, randomInt } from 'node:crypto'
import { writeSync } from 'node:fs'
import { fromHex } from '@volact/core/bytes'
import { signerFromPkcs8 } from '@volact/core/crypto'
import { ActivationError } from '@volact/core/errors/activation-error'
import { leafHash } from '@volact/core/transparency/node-hash'
import { sighting, signHead } from './ledger.fixture.ts'
import { openLedger } from './open-ledger.ts'
import { publishTiles } from './publish-tiles.ts'

const [dir = '', key = '', noteKey = '', batch = '1'] = process.argv.slice(2)
const ledger = openLedger(dir)
const entry0 = ledger.entry(0) ?? new Uint8Array(0)
const noteSigner = signerFromPkcs8(fromHex(noteKey))
const log = { signer: signerFromPkcs8(fromHex(key)), entry0, logId: leafHash(entry0) }
try {
  for (;;) {
    const { size } = ledger
    await ledger.append(Array.from({ length: Number(batch) }, (_, position) => sighting(size + position)))
    signHead(ledger, log)
    writeSync(1, `${ledger.size}\n`)
    ledger.keepDetails([{ index: size, request: randomBytes(300), salt: randomBytes(16), details: randomBytes(90) }])
    if (size % 7 === 0) await ledger.eraseEntries([randomInt(1, ledger.size), randomInt(1, ledger.size), size])
    if (size % 5 === 0) await publishTiles(ledger, { logId: log.logId, signer: noteSigner })
  }
} catch (error) {
  if (!(error instanceof ActivationError)) throw error
  writeSync(1, `${error.code}\n`)
}
