// A program that works on a client's folder on a disk that takes nothing (full-disk.test.ts), and says what came of it.
import { ActivationError } from '@volact/core/errors/activation-error'
import { openClient } from '../open-client.ts'
import { crashCatalog, type CrashOrder, crashProbe } from './crash.fixture.ts'

const [, , order] = process.argv
const { dir, host, root, now } = JSON.parse(order ?? '') as CrashOrder
const vendors = [{ roots: [new Uint8Array(Buffer.from(root, 'base64'))], policy: crashCatalog }]
const client = await openClient({ dir, now: () => now, probe: crashProbe, vendors })
const { state, notes } = client.status()
const code = await client.activate({ host }).then(
  () => 'none',
  (error: unknown) => (error instanceof ActivationError ? error.code : String(error)),
)
process.stdout.write(JSON.stringify({ state, notes, code, after: client.status().state }))
