import { existsSync } from 'node:fs'
import { decodeUtf8 } from '@volact/core/bytes'
import { parseProductKey } from '@volact/core/product-key/parse-product-key'
import { lastFive } from '@volact/core/product-key/product-key'
import { readLimited } from '@volact/files/read-limited'
import { vendorFiles } from '@volact/host/folder/files'

const keyLimit = 256

/** Gives the last five characters of the host key that is installed for a vendor; nothing without one. */
export function hostKeyOf(dir: string, vendor: string): string | undefined {
  const { hostKey } = vendorFiles(dir, vendor)
  if (!existsSync(hostKey)) return undefined
  return lastFive(parseProductKey(decodeUtf8(readLimited(hostKey, keyLimit, 'the host key')) ?? ''))
}
