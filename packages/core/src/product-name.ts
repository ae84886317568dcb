/** The name from which media types, marks of files, identifiers and default folders follow. It is part of the frozen formats. */
export const productName = 'volact'

/** Gives the text that files of a kind begin with: `volact-lease`. */
export function fileMark(kind: 'lease' | 'messages' | 'report' | 'starter'): string {
  return `${productName}-${kind}`
}
