import { days } from '@volact/core/time'
import type { Retention } from '@volact/ledger/retain'
import type { HostConfig } from './host-config.ts'

/** How long things are kept, as it is set (rule 32). */
export function retentionSettings(config: HostConfig): Retention {
  return {
    entries: days(config['retention.entries-days']),
    ephemeral: days(config['retention.ephemeral-days']),
    details: days(config['retention.details-days']),
  }
}
