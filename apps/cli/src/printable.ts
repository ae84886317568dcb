/**
 * Replaces the characters that would steer a terminal: what is printed may come from the network or from a file. Line ends stay.
 */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\n]/gu, '\u{fffd}')
}
