import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Signed, SignJob } from './sign-work.ts'

/** Does jobs on all cores, and gives what comes of them in their order. */
export async function signAll(jobs: readonly SignJob[]): Promise<readonly Signed[]> {
  const results: Signed[] = []
  let next = 0
  const work = async (): Promise<void> => {
    const worker = new Worker(join(import.meta.dirname, 'sign-worker.ts'))
    for (let job = jobs[next]; job !== undefined; job = jobs[next]) {
      const place = next
      next += 1
      worker.postMessage(job)
      const [signed] = (await once(worker, 'message')) as [Signed]
      results[place] = signed
    }
    await worker.terminate()
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), jobs.length) }, work))
  return results
}
