// Runs before the tests of each worker. One seed for all properties, so that a run can be repeated as it was.
import fc from 'fast-check'
import { isLong } from './rounds.ts'

const seed = Number(process.env['VOLACT_SEED'])
fc.configureGlobal({ numRuns: isLong() ? 1_000 : 100, ...(Number.isSafeInteger(seed) && seed !== 0 ? { seed } : {}) })
