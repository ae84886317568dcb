// Serves a host's folder on a free port of loopback until it is killed, and says where: node serve-child.fixture.ts DIR
import { writeSync } from 'node:fs'
import { startHost } from './start-host.ts'
import { start } from './vendor.fixture.ts'

const [dir = ''] = process.argv.slice(2)
const { address } = await startHost({ dir, listen: { host: '127.0.0.1', port: 0 }, now: () => start })
writeSync(1, `${address}\n`)
