import { ActivationError } from '@volact/core/errors/activation-error'
import { parseCatalogText } from './catalog-file.ts'

/** The error that something must end with. */
export function failure(run: () => unknown): ActivationError {
  try {
    run()
  } catch (error) {
    if (error instanceof ActivationError) return error
    throw error
  }
  throw new Error('no error')
}

/** What is said of a catalog that is refused, line by line. */
export function linesOf(text: string): readonly string[] {
  return failure(() => parseCatalogText(text, 'c.yaml')).message.split('\n')
}
