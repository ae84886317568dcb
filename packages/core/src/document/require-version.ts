import { ActivationError } from '../errors/activation-error.ts'

/** Refuses every version but the known one with `UNSUPPORTED_VERSION`. Called before anything else is read. */
export function requireVersion(version: number, known: number, what: string): void {
  if (version === known) return
  throw new ActivationError(
    'UNSUPPORTED_VERSION',
    `the ${what} has version ${version}, and this program knows version ${known}`,
    { data: { version } },
  )
}
