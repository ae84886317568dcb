import type { Bench } from './bench.ts'
import type { LoadResult } from './generator.ts'
import { runEcho } from './run-echo.ts'
import { startBareEcho } from './server.ts'

/** As many bytes as a renewal and its answer have, about. */
const like: Pick<LoadResult, 'asked' | 'answered' | 'bytesOut' | 'bytesIn'> = {
  asked: 1,
  answered: 1,
  bytesOut: 900,
  bytesIn: 1_600,
}

/** Says how much the generator can drive: an echo written in C, on the server's core, fresh connections and open ones. */
export async function describeCeiling(bench: Bench): Promise<string> {
  const fresh = await runEcho(bench, { load: { mode: 'fresh' } }, like, startBareEcho)
  const open = await runEcho(bench, { load: { mode: 'open' } }, like, startBareEcho)
  const [a, b] = [fresh, open].map(({ perSecond }) => perSecond.toFixed(0))
  return `The generator's own ceiling, against an echo in C on the server's core: ${a ?? ''}/s on fresh connections, ${b ?? ''}/s on 50 open ones.`
}
