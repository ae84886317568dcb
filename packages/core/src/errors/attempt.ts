import { ActivationError } from './activation-error.ts'

/** Runs something that may fail with a code, and gives the failure as a value. A bug passes through. */
export function attempt<T>(run: () => T): T | ActivationError {
  try {
    return run()
  } catch (error) {
    if (error instanceof ActivationError) return error
    throw error
  }
}

/** The same where it does not matter what is wrong: gives nothing then. */
export function attemptOrNothing<T>(run: () => T): T | undefined {
  const value = attempt(run)
  return value instanceof ActivationError ? undefined : value
}
