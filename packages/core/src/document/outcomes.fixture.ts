import type { ErrorCode } from '../errors/table.ts'
import { codeOf } from './decoder-laws.fixture.ts'

/** Which codes come out, sorted, when each of the values is tried; `none` for those that pass. */
export function outcomes<T>(values: readonly T[], attempt: (value: T) => unknown): readonly (ErrorCode | 'none')[] {
  return [...new Set(values.map((value) => codeOf(() => attempt(value)) ?? 'none'))].sort()
}
