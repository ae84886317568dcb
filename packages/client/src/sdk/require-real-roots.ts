import type { Certificate } from '@volact/core/x509/certificate'
import { isTestRoot, type Vendor } from '../vendors/vendor.ts'

/**
 * Refuses roots for tests, whose private keys lie about, unless the program says in its own code that it takes them (rule 11). It does so
 * in every build and whatever the surroundings are: a program that was forgotten in its test setting fails on its maker's desk, at the
 * first start, and not in the hands of a customer.
 */
export function requireRealRoots(
  vendors: readonly Vendor[],
  { allowTestRoots }: { readonly allowTestRoots: boolean },
): void {
  const forTests = vendors.flatMap(({ roots }) => roots.filter(isTestRoot))
  if (forTests.length === 0) return
  if (!allowTestRoots) throw new Error(refusal(forTests))
  process.emitWarning(banner, { type: 'Volact' })
}

const banner = 'TEST ROOT: this program takes licenses that exist for tests only and are worth nothing'

function refusal(roots: readonly Certificate[]): string {
  const names = roots.map(({ subject }) => `"${subject.text}"`).join(', ')
  return `${names} is a root for tests: build with the root of the vendor, or set allowTestRoots while you develop`
}
