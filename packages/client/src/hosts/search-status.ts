import type { Note } from '../folder/kept-file.ts'
import type { Installation } from '../installation.ts'
import { noPolicy } from '../policy/policy.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import type { ActivationType } from './activation-type.ts'
import { readHostSettings } from './host-settings.ts'
import { type PolicyReport, reportPolicy } from './host-settings-report.ts'
import { type SetBy, whereToLook } from './where-to-look.ts'

/** Where a product looks for its host, without anything being asked. */
export interface SearchStatus {
  /** `NAME:PORT`, when one is set: then nothing is looked for. */
  readonly host?: string
  readonly hostSetBy?: SetBy
  /** The one that was found in DNS and granted, where none is set: it is asked before DNS. */
  readonly foundHost?: string
  /** The one zone in which hosts are looked for, when one is set; else those of the machine. */
  readonly domain?: string
  readonly domainSetBy?: SetBy
  /** Whose own hosts are looked for first. */
  readonly site?: string
  /** On which way the product may be activated, where that is set. */
  readonly activationType?: ActivationType
  /** What the administrator of the machine has laid down. */
  readonly policy: PolicyReport
}

/** Tells where a product looks for its host; without one, what is set for the machine. An invalid policy is noted. */
export function searchStatus(
  { files, readPolicy }: Pick<Installation, 'files' | 'readPolicy'>,
  sold: SoldProduct | undefined,
  note: Note,
): SearchStatus {
  const found = readPolicy()
  if (found.kind === 'invalid') note(`nothing is activated before this is put right: ${found.problem}`)
  const policy = found.kind === 'valid' ? found.policy : noPolicy
  const { activationType, host, domain, lastGood } = whereToLook(sold, readHostSettings(files, note), policy)
  return {
    ...(host && { host: host.value, hostSetBy: host.by }),
    ...(host === undefined && lastGood !== undefined && { foundHost: lastGood.host }),
    ...(domain && { domain: domain.value, domainSetBy: domain.by }),
    ...(policy.site !== undefined && { site: policy.site }),
    ...(activationType && { activationType: activationType.value }),
    policy: reportPolicy(found),
  }
}
