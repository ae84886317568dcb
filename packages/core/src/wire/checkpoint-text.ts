import { decodeBase64, encodeBase64 } from '../bytes.ts'
import { productName } from '../product-name.ts'

/** What the text begins with; the number grows with what an older reader could not understand. */
const mark = `v=${productName}1 checkpoint=`

/** The most characters that are read. */
const longest = 2_048

/** Writes a checkpoint as the text of the TXT record beside the SRV record (rule 29, protocol.md §11.6). */
export function encodeCheckpointText(checkpoint: Uint8Array): string {
  return mark + encodeBase64(checkpoint)
}

/** Reads the bytes of a checkpoint from the text of a TXT record; nothing where it is another text. They are not verified. */
export function parseCheckpointText(text: string): Uint8Array | undefined {
  if (!text.startsWith(mark) || text.length > longest) return undefined
  try {
    return decodeBase64(text.slice(mark.length))
  } catch {
    return undefined // Not base64: some other text of somebody else's.
  }
}
