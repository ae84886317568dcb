import { availableParallelism } from 'node:os'
import { LoopVerifier } from './loop-verifier.ts'
import type { Verifier } from './verifier.ts'
import { VerifyPool } from './verify-pool.ts'

/** Gives the verifier for a number of cores. */
export function verifierFor(cores: number = availableParallelism()): Verifier {
  return cores > 1 ? new VerifyPool(cores - 1) : new LoopVerifier()
}
