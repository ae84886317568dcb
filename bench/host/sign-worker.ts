// Makes requests in a thread of its own; `sign-pool.ts` gives it jobs.
import { parentPort } from 'node:worker_threads'
import { sign, type SignJob } from './sign-work.ts'

parentPort?.on('message', (job: SignJob) => {
  parentPort?.postMessage(sign(job))
})
