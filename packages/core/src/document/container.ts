import { decodeCbor } from '../cbor/decode.ts'
import { expectArray, expectUint } from '../cbor/expect.ts'
import type { CborValue } from '../cbor/value.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { requireVersion } from './require-version.ts'

/** How an unsigned file begins: its name, then its version. `what` names it in messages. */
export interface ContainerForm {
  readonly name: string
  readonly version: number
  readonly what: string
}

/** Opens a file of the shape [name, version, content] and gives its content, in which nothing is proven. */
export function openContainer(bytes: Uint8Array, { name, version, what }: ContainerForm): CborValue {
  const values = expectArray(decodeCbor(bytes), what)
  const [first = null, second = null, content = null] = values
  if (first !== name) throw new ActivationError('MALFORMED', `this is no ${what}: it does not begin with "${name}"`)
  requireVersion(expectUint(second, `${what}: version`), version, what)
  expectArray(values, what, 3)
  return content
}
