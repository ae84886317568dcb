import type { TextRecord } from '../text-record.ts'

/** Records of one zone for somebody who types them by hand. */
export interface FormInput {
  readonly zone: string
  readonly records: readonly TextRecord[]
  /** The server that takes updates, where one is named. */
  readonly server?: { readonly address: string; readonly port: number }
}
