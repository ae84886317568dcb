import { ActivationError } from '@volact/core/errors/activation-error'
import type { ActivationOutcome } from '../activation/outcome.ts'
import type { Installation } from '../installation.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import type { Finding } from './candidates.ts'
import type { SearchPlan } from './search-plan.ts'

/** What the directory gave, or what was seen of it before hosts are asked. */
export interface DirectoryFindings {
  readonly outcome?: ActivationOutcome
  readonly seen: readonly Finding[]
}

/** Asks the directory first, where there is one to ask and no other way is prescribed. `NOT_CONNECTED_YET`. */
export async function askDirectory(
  { directory }: Pick<Installation, 'directory'>,
  { vendor, expected }: SoldProduct,
  { activationType, named }: SearchPlan,
): Promise<DirectoryFindings> {
  if (activationType === 'token') throw notConnected('by token')
  if (activationType === 'host' || named?.from === 'option') return { seen: [] }
  if (directory === undefined) {
    if (activationType === 'directory') throw notConnected('by directory')
    return { seen: [] }
  }
  try {
    const outcome = await directory({ vendor: vendor.catalog.vendor.id, activationId: expected.activationId })
    if (outcome !== undefined) return { outcome, seen: [] }
    if (activationType === 'any') return { seen: [] }
  } catch (error) {
    if (!(error instanceof ActivationError) || activationType === 'directory') throw error
    const { code, message } = error
    return { seen: [{ kind: 'seen', attempt: { target: 'directory', code, message } }] }
  }
  throw new ActivationError(
    'NO_HOST_ANSWERED',
    'the directory holds nothing for this product, and no host may be asked',
  )
}

function notConnected(how: string): ActivationError {
  const message = `activation ${how} is set, which is not part of this version yet: set it to "any" or "host"`
  return new ActivationError('NOT_CONNECTED_YET', message)
}
