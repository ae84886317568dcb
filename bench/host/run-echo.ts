import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { cacheFolder } from './cache.ts'
import { load, type LoadResult } from './generator.ts'
import type { Traffic } from './run-host.ts'
import { type Server, startEcho } from './server.ts'

/** Runs the bare echo of node:net, or the one in C, with as many bytes a request as a host's run had. */
export async function runEcho(
  { options, cores }: Bench,
  { load: manner }: Pick<Traffic, 'load'>,
  like: Pick<LoadResult, 'asked' | 'answered' | 'bytesOut' | 'bytesIn'>,
  start: typeof startEcho = startEcho,
): Promise<LoadResult> {
  const [ask, give] = [Math.round(like.bytesOut / like.asked), Math.round(like.bytesIn / like.answered)]
  const requests = join(cacheFolder, 'echo.frames')
  const frame = Buffer.alloc(ask)
  frame.writeUInt32BE(ask - 4)
  writeFileSync(requests, frame)
  const server: Server = await start(ask, give, cores.server)
  try {
    const { mode = 'fresh', connections = 50, rate = 0 } = manner
    const shared = { mode, connections, rate, address: server.address, requests, repeat: 1 } as const
    await load({ ...shared, seconds: 1 }, cores.generator) // Warms it up, as the host is.
    return await load({ ...shared, seconds: options.seconds }, cores.generator)
  } finally {
    await server.stop()
  }
}
