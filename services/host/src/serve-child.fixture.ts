// Serves a host's folder on a free port of loopback until it is killed, and says where: node serve-child.fixture.ts DIR [STRANGERS]
import { writeSync } from 'node:fs'
import { startHost } from './start-host.ts'
import type { StrangerLimits } from './strangers/limits.ts'
import { start } from './vendor.fixture.ts'

const [dir = '', limits = '{"perSecond":1000000,"perDay":1000000000}'] = process.argv.slice(2)
const strangers = JSON.parse(limits) as Partial<StrangerLimits>
const { address } = await startHost({ dir, listen: { host: '127.0.0.1', port: 0 }, now: () => start, strangers })
writeSync(1, `${address}\n`)
