// Serves the folder of the first argument at the time of the second, and prints its address. For tests that kill it.
import { startAuthority } from './start-authority.ts'

const [, , dir = '', now = ''] = process.argv
const { address } = await startAuthority({ dir, listen: { host: '127.0.0.1', port: 0 }, now: () => Number(now) })
process.stdout.write(`${address}\n`)
