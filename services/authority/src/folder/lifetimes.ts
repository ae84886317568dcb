import { type Duration, days, hours, type Instant } from '@volact/core/time'
import type { Validity } from '@volact/keys/certificate-maker'

/** A number of years of 365¼ days, in seconds. */
export function years(count: number): Duration {
  return days(Math.floor(count * 365.25))
}

/** How long a host certificate lasts beyond the end of the agreement (rule 6): a lease of 180 days fits. */
export const afterAgreement: Duration = days(180)

/** The longest a host certificate may last (rule 6). */
export const longestHostCertificate: Duration = years(10)

/** How long a host certificate lasts where the vendor names no end of the agreement (rule 6). */
export const usualHostCertificate: Duration = years(3)

/** How long the certificate of a spare lasts (rule 47): a sealed key that nobody watches. */
export const spareCertificate: Duration = years(1)

/** How long everything lasts in a test: 180-day leases fit, and nobody is tempted to use it in earnest. */
export const testLifetime: Duration = days(400)

/**
 * A host whose clock is behind must not find its new certificate not yet valid: so much is allowed to a clock everywhere
 * (rules 16 and 43). A test's clock is given, so nothing is added there.
 */
const clockAllowance = hours(4)

/** What the folder is for: a test's root is marked as one (rule 11). */
export type Purpose = 'production' | 'test'

/** The lifetimes of what the authority makes for itself (rule 8: nothing ends before the 25 years of confirmations). */
export function ownValidity(purpose: Purpose, now: Instant): { readonly root: Validity; readonly others: Validity } {
  const notBefore = firstInstant(purpose, now)
  const end = (lifetime: Duration): Validity => ({ notBefore, notAfter: now + lifetime })
  return purpose === 'test'
    ? { root: end(testLifetime), others: end(testLifetime) }
    : { root: end(years(30)), others: end(years(27)) }
}

/** The start of a certificate that is made now. */
export function firstInstant(purpose: Purpose, now: Instant): Instant {
  return purpose === 'test' ? now : now - clockAllowance
}

/** The end of the agreement where none was named, at the time a host key is issued. */
export function usualAgreementEnd(purpose: Purpose, now: Instant): Instant {
  return now + (purpose === 'test' ? testLifetime : usualHostCertificate) - afterAgreement
}
