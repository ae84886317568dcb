import { toHex } from '@volact/core/bytes'

/** Names a license among the few of which more is kept than a row. */
export function licenseKey(machine: Uint8Array, product: Uint8Array): string {
  return `${toHex(machine)}/${toHex(product)}`
}
