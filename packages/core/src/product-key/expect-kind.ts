import { ActivationError } from '../errors/activation-error.ts'
import { type KeyKind, lastFive, type ProductKey } from './product-key.ts'

/**
 * Returns the key when it is of a kind that is wanted, else throws: `HOST_KEY_ON_CLIENT` for a host key where none
 * belongs, because it is a secret and now exposed, and `KEY_INVALID` for any other.
 */
export function expectKind(key: ProductKey, ...wanted: readonly [KeyKind, ...KeyKind[]]): ProductKey {
  if (wanted.includes(key.kind)) return key
  if (key.kind === 'host') throw exposedHostKey(key)
  throw new ActivationError(
    'KEY_INVALID',
    `the key ending in ${lastFive(key)} is a ${key.kind} key; what belongs here is a ${wanted.join(' or ')} key`,
  )
}

function exposedHostKey(key: ProductKey): ActivationError {
  return new ActivationError(
    'HOST_KEY_ON_CLIENT',
    `the key ending in ${lastFive(key)} is a host key: it activates a host, is a secret, and is now exposed on this ` +
      'machine. Nothing was installed. Ask the vendor to replace that key, and install the public setup key here',
  )
}
