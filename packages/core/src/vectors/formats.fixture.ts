import { documentFormats } from './document-formats.fixture.ts'
import { ledgerFormats } from './ledger-formats.fixture.ts'
import { ruleFormats } from './rule-formats.fixture.ts'
import type { VectorFormat } from './vector-format.fixture.ts'
import { wireFormats } from './wire-formats.fixture.ts'

/** Every format with golden vectors, by the name of its file. */
export const formats: Readonly<Record<string, VectorFormat>> = {
  ...documentFormats,
  ...ledgerFormats,
  ...wireFormats,
  ...ruleFormats,
}
