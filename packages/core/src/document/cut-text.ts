/**
 * Cuts a text that comes from the operating system or a person to the length a document allows, in UTF-16 code units,
 * and replaces what is not Unicode. So that no odd name of a machine ever keeps it from being activated.
 */
export function cutText(text: string, maxLength: number): string {
  return text.toWellFormed().slice(0, maxLength).toWellFormed()
}
