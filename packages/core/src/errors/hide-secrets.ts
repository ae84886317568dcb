import { groupLength, keyAlphabet, keyLength } from '../product-key/alphabet.ts'

const group = `[${keyAlphabet}]{${groupLength}}`
const groups = keyLength / groupLength - 1
/** What looks like a whole key, whether its check fits or not: most keys that stand in a wrong place are mistyped, too. */
const wholeKey = new RegExp(`(?<![0-9a-z])(?:${group}-?){${groups}}(${group})(?![0-9a-z])`, 'gi')
const hidden = `${'*'.repeat(groupLength)}-`.repeat(groups)
/** What makes a machine one of a pool. */
const poolToken = /(volact-pool:[^:\s]*:)[\w-]+/g

/**
 * Leaves of each product key in a text the last five characters, and of each token of a pool its name. People put them where a path or
 * a name belongs, and messages name the offending value.
 */
export function hideSecrets(text: string): string {
  return text
    .replaceAll(wholeKey, (_, last: string) => hidden + last)
    .replaceAll(poolToken, (_, named: string) => `${named}***`)
}
