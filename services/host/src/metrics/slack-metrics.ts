import { familiesOf } from '@volact/core/catalog/applications'
import type { OpenedVendor } from '../open-host.ts'
import { thresholdOf } from '../pipeline/terms.ts'
import type { VendorService } from '../pipeline/vendor-service.ts'
import type { Family, Sample } from './exposition.ts'
import { gauge } from './vendor-metrics.ts'

/** How long the counts hold if nobody came any more: until the first machine falls out, and until a threshold is lost. */
export function slackMetrics(vendors: readonly OpenedVendor[]): readonly Family[] {
  const slacks = vendors.flatMap(({ vendor, service }) => (service === undefined ? [] : slacksOf(vendor.id, service)))
  const each = (value: (slack: Slack) => number | undefined): readonly Sample[] =>
    slacks.flatMap((slack) => {
      const found = value(slack)
      return found === undefined ? [] : [{ labels: slack.labels, value: found }]
    })
  return [
    gauge(
      'first_out_seconds',
      'Until the first machine falls out of the count, if nobody came any more',
      each((one) => one.firstOut),
    ),
    gauge(
      'threshold_slack_seconds',
      'Until the count falls below the threshold, if nobody came any more',
      each((one) => one.lost),
    ),
  ]
}

interface Slack {
  readonly labels: Readonly<Record<string, string>>
  readonly firstOut: number | undefined
  readonly lost: number | undefined
}

function slacksOf(vendor: string, { terms, state, clock }: VendorService): readonly Slack[] {
  const { catalog, entitlement } = terms
  const now = clock.seen()
  return catalog.applications.flatMap((application) =>
    familiesOf(catalog, application).map((family) => {
      const { threshold } = thresholdOf(entitlement, family)
      const slack = state.slack(application, family, { weakCounts: entitlement.weakCounts, threshold }, now)
      const until = (at: number | undefined): number | undefined => (at === undefined ? undefined : at - now)
      return {
        labels: { vendor, application: application.name, family: family.slug },
        firstOut: until(slack?.firstOut),
        lost: until(slack?.thresholdLost),
      }
    }),
  )
}
