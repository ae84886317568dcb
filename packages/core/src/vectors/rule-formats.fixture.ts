import { anchorOf } from '../licensing/anchor.ts'
import type { AnchorSource } from '../licensing/anchor.ts'
import { Count, reportedCount } from '../licensing/count.ts'
import type { CountTerms } from '../licensing/count.ts'
import type { Sighting } from '../licensing/tally.ts'
import { effectiveThreshold } from '../licensing/threshold.ts'
import { compareVectors, vectorOf } from '../licensing/vector.ts'
import type { Vector } from '../licensing/vector.ts'
import { issueProductKey } from '../product-key/issue-product-key.ts'
import type { NewProductKey } from '../product-key/issue-product-key.ts'
import { parseProductKey } from '../product-key/parse-product-key.ts'
import { formatProductKey, keyDigest, lastFive } from '../product-key/product-key.ts'
import { numberIn, textIn } from './vector-format.fixture.ts'
import type { VectorFormat } from './vector-format.fixture.ts'
import type { Named } from './vector-json.fixture.ts'

/** Keys, hardware and counting, by the names of the files. */
export const ruleFormats: Readonly<Record<string, VectorFormat>> = {
  'product-key': {
    open: (input) => {
      const key = parseProductKey(textIn(input, 'text'))
      const { kind, group, serial } = key
      return { kind, group, serial, key: formatProductKey(key), lastFive: lastFive(key), digest: keyDigest(key) }
    },
  },
  'product-key-issue': {
    open: (input) => ({ key: formatProductKey(issueProductKey(input as unknown as NewProductKey)) }),
  },
  anchor: {
    open: (input) => {
      const { anchor, weak } = anchorOf({
        systemUuid: undefined,
        boardSerial: undefined,
        diskSerial: undefined,
        ...input,
      } as unknown as AnchorSource)
      return { anchor, weak }
    },
  },
  vector: {
    open: (input) => ({ vector: vectorOf(textIn(input, 'vendorId'), componentsIn(input)) }),
  },
  'vector-distance': {
    open: ({ before, after, virtual }) =>
      compareVectors(before as Vector, after as Vector, { virtual: virtual === true }),
  },
  count: {
    open: (input) => {
      const terms = input['terms'] as CountTerms
      const count = new Count([terms])
      for (const sighting of input['sightings'] as readonly Sighting[]) count.record(sighting)
      const result = count.count(numberIn(input, 'now'), terms)
      return { ...result, reported: reportedCount(result.effective, numberIn(input, 'largestThreshold')) }
    },
  },
  threshold: {
    open: (input) => effectiveThreshold(input as unknown as Parameters<typeof effectiveThreshold>[0]),
  },
}

/** JSON has null where the probe has nothing. */
function componentsIn(input: Named): readonly (string | undefined)[] {
  return (input['components'] as readonly (string | null)[]).map((component) => component ?? undefined)
}
