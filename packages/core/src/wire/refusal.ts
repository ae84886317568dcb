import type { Fields } from '../cbor/fields.ts'
import type { CborValue } from '../cbor/value.ts'
import { cutText } from '../document/cut-text.ts'
import type { EntitledGroup } from '../document/entitlement.ts'
import { present, presentFields } from '../document/present.ts'
import { errorTable } from '../errors/table.ts'
import type { ErrorCode } from '../errors/table.ts'
import type { Instant } from '../time.ts'
import { readGroups, writeGroups } from './fields.ts'
import type { MessageField } from './fields.ts'
import { refusalTextLimit } from './limits.ts'

/** What a refusal says beside its code, to be shown (protocol.md §11.3). */
export interface RefusalDetail {
  /** The reported count. */
  readonly count?: number
  readonly threshold?: number
  /** How many machines are weak and do not count (rule 35). */
  readonly weak?: number
  /** What this host serves. */
  readonly groups?: readonly EntitledGroup[]
  /** The host's clock. Unsigned, so it is text only (rule 42). */
  readonly time?: Instant
  /** The size of the last tree of a log that the authority saw, from which it wants consistency proved (rule 6). */
  readonly witnessed?: number
}

/**
 * Says no. Unsigned and inert: it changes nothing on a client but the time of its next try (rule 24).
 *
 * A number that this version's error table does not have, of a newer host, is read as `REFUSED` and kept in `number`;
 * then the text of the host is all that is known about it.
 */
export interface RefusalMessage {
  readonly kind: 'refusal'
  readonly code: ErrorCode
  readonly number?: number
  readonly text: string
  readonly detail?: RefusalDetail
  /** Seconds until it makes sense to ask again. */
  readonly retryAfter?: number
}

/** Writes a refusal; a text that is too long is cut. */
export function writeRefusal({ code, number, text, detail, retryAfter }: RefusalMessage): readonly MessageField[] {
  return [
    [2, number ?? numberOf(code)],
    [3, cutText(text, refusalTextLimit)],
    [4, detail && writeDetail(detail)],
    [5, retryAfter],
  ]
}

export function readRefusal(fields: Fields): RefusalMessage {
  return present({
    kind: 'refusal' as const,
    ...readCode(fields.uint(2)),
    text: fields.text(3, refusalTextLimit),
    detail: fields.optional(4, (key) => readDetail(fields.fields(key))),
    retryAfter: fields.optional(5, (key) => fields.uint(key)),
  })
}

const numbers: ReadonlyMap<ErrorCode, number> = new Map(errorTable.map(({ name, number }) => [name, number]))
const codes: ReadonlyMap<number, ErrorCode> = new Map(errorTable.map(({ name, number }) => [number, name]))

function numberOf(code: ErrorCode): CborValue | undefined {
  return numbers.get(code)
}

function readCode(number: number): { code: ErrorCode; number?: number } {
  const code = codes.get(number)
  return code === undefined ? { code: 'REFUSED', number } : { code }
}

function writeDetail({ count, threshold, weak, groups, time, witnessed }: RefusalDetail): CborValue {
  return presentFields([
    [1, count],
    [2, threshold],
    [3, weak],
    [4, groups && writeGroups(groups)],
    [5, time],
    [-2, witnessed],
  ])
}

function readDetail(fields: Fields): RefusalDetail {
  const detail = present({
    count: fields.optional(1, (key) => fields.uint(key)),
    threshold: fields.optional(2, (key) => fields.uint(key)),
    weak: fields.optional(3, (key) => fields.uint(key)),
    groups: fields.optional(4, (key) => readGroups(fields, key)),
    time: fields.optional(5, (key) => fields.uint(key)),
    witnessed: fields.optional(-2, (key) => fields.uint(key)),
  })
  fields.end()
  return detail
}
