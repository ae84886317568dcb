import { ActivationError } from '@volact/core/errors/activation-error'

/** Where a ledger is damaged. */
export interface Damage {
  readonly path: string
  readonly offset?: number
  readonly index?: number
}

/** Makes the error that names file, offset and index. Nothing of a damaged ledger is ever repaired silently. */
export function damaged(damage: Damage, why: string): ActivationError {
  const { path, offset, index } = damage
  const places = [
    index === undefined ? [] : [`entry ${index}`],
    offset === undefined ? [] : [`offset ${offset}`],
  ].flat()
  const where = places.length === 0 ? '' : ` at ${places.join(', ')}`
  const remedy = 'keep the folder as it is, and restore the last backup into another one'
  return new ActivationError('LEDGER_DAMAGED', `${path} is damaged${where}: ${why}; ${remedy}`, { data: { ...damage } })
}
