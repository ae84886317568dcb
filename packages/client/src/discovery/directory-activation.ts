import type { ActivationOutcome } from '../activation/outcome.ts'

/** Activates a product by what the directory of this machine holds; nothing when it holds nothing for it. */
export type DirectoryActivation = (product: {
  readonly vendor: string
  readonly activationId: string
}) => Promise<ActivationOutcome | undefined>
