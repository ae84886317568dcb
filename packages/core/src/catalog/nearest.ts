/** Gives the candidate that a mistyped word most likely meant, or `undefined` when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const [best] = candidates
    .slice(0, mostCompared)
    .map((candidate) => ({ candidate, limit: Math.max(1, Math.floor(candidate.length / 3)) }))
    .filter(({ candidate, limit }) => Math.abs(candidate.length - word.length) <= limit)
    .map((near) => ({ ...near, distance: editDistance(word.toLowerCase(), near.candidate.toLowerCase(), near.limit) }))
    .filter(({ distance, limit }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance)
  return best?.candidate
}

/** Ends a message about an unknown word: the nearest of the known ones, or all of them. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const guess = nearest(word.slice(0, longestWord), candidates)
  if (guess !== undefined) return `did you mean "${guess}"?`
  if (candidates.length === 0) return 'none is defined'
  const more = candidates.length > mostListed ? ' …' : ''
  return `known are ${candidates.slice(0, mostListed).join(', ')}${more}`
}

/** Bounds the work on a word from outside; no key or slug is longer. */
const longestWord = 64
const mostListed = 12
/** Bounds it for long lists: somebody's pack may have a thousand products with a wrong word each. */
const mostCompared = 256

/** Levenshtein's distance: the least number of characters put in, taken out or replaced; beyond the limit any number that is, too. */
function editDistance(from: string, to: string, limit: number): number {
  const row = Uint8Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let line = 0; line < from.length; line += 1) {
    if (advance(row, line, from.charCodeAt(line), to) > limit) return limit + 1
  }
  return Number(row.at(-1))
}

/** Makes a row of the table from the one before, in its place, and gives the least number in it. */
function advance(row: Uint8Array, line: number, character: number, to: string): number {
  let diagonal = line
  let left = line + 1
  let least = left
  row[0] = left
  for (let column = 1; column < row.length; column += 1) {
    const above = Number(row[column])
    left = Math.min(above + 1, left + 1, diagonal + Number(character !== to.charCodeAt(column - 1)))
    least = Math.min(least, left)
    diagonal = above
    row[column] = left
  }
  return least
}
