import { ActivationError } from '../errors/activation-error.ts'

/** Runs something that may fail with a code, and gives the failure as a value. A bug passes through. */
export function attempt<T>(run: () => T): T | ActivationError {
  try {
    return run()
  } catch (error) {
    if (error instanceof ActivationError) return error
    throw error
  }
}
