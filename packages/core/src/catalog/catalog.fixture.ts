import type { Catalog } from './catalog.ts'
import type { Path } from './entry.ts'
import { parseCatalog } from './parse-catalog.ts'

/** A catalog as plain data: two families that share a count, one apart, groups in three steps, two generations. */
export const samplePlain: Readonly<Record<string, unknown>> = {
  format: 1,
  vendor: {
    id: 'example',
    name: 'Example Works',
    contacts: { email: 'help@example.com', phone: '+1 202 555 0100', url: 'https://example.com/' },
  },
  applications: [
    { id: '0c1b7c4e-52f6-4d3e-9d0e-6f8a86f2a4b1', slug: 'platform', name: 'Platform' },
    { id: '7d4e7d66-9b0b-4f0c-8e43-2b9c5a1c7f02', slug: 'suite', name: 'Suite' },
  ],
  defaults: { rearms: 4, counts: 'physical', ephemeral: { grace: '1h' }, enforcement: { unlicensed: 'limit' } },
  families: [
    { slug: 'desktop', name: 'Desktop', application: 'platform', threshold: 25 },
    { slug: 'server', name: 'Server', application: 'platform', threshold: 5, window: '60d', initialGrace: '60d' },
    { slug: 'suite', name: 'Suite', application: 'suite', threshold: 5, countBy: 'machine', serves: 'physical' },
  ],
  groups: [
    { slug: 'client', name: 'Client', number: 10 },
    { slug: 'server-a', name: 'Server A', number: 20, includes: ['client'] },
    { slug: 'server-b', name: 'Server B', number: 21, includes: ['server-a'] },
    { slug: 'suite', name: 'Suite', number: 30 },
  ],
  products: [
    {
      activationId: '387F2BF7-e4c3-4a6c-a0d2-1fa17468da78',
      slug: 'desktop-1',
      name: 'Desktop 1',
      edition: 'Standard',
      family: 'desktop',
      group: 'client',
      generation: 1,
      setupKey: 'gqfk8pkcm7hrth6vdq3p4fmbx',
    },
    {
      activationId: '8a044110-16a5-426f-8be4-22817c03967f',
      slug: 'server-2',
      name: 'Server 2',
      edition: 'Standard',
      family: 'server',
      group: 'server-b',
      generation: 2,
      channel: 'evaluation',
      setupKey: 'GRJQK-VRRPC-J72F6-4CH3B-GX2CV',
      features: ['clustering'],
      requires: 'desktop-1',
      lease: '90d',
      activationInterval: '15min',
      renewalInterval: '20d',
      force: false,
      initialGrace: '90d',
      outOfToleranceGrace: 'none',
      nonGenuineGrace: '36h',
      rearms: 5,
      ephemeral: { lease: '12h' },
      enforcement: { notification: 'stop' },
    },
    {
      activationId: 'bc1d33fc-3a36-4f0a-98b3-02fa2b42f78d',
      slug: 'suite-2',
      name: 'Suite 2',
      edition: 'Professional',
      family: 'suite',
      group: 'suite',
      generation: 2,
      setupKey: 'GTGWQ-Y7XGV-RXHPR-3BFGB-GFGRX',
    },
  ],
}

/** A copy of plain data with one value replaced, added, or, for `undefined`, taken out. */
export function changed(data: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value
  if (Array.isArray(data)) {
    return data.map((item: unknown, index) => (index === step ? changed(item, rest, value) : item))
  }
  const section = new Map(Object.entries({ ...(data as object) }))
  const inner = changed(section.get(String(step)), rest, value)
  section.delete(String(step))
  return Object.fromEntries(inner === undefined ? section : [...section, [step, inner]])
}

/** The sample, or what `plain` has in its place, as a parsed catalog. */
export function sampleCatalog(plain: unknown = samplePlain): Catalog {
  return (parseCatalog(plain) as { catalog: Catalog }).catalog
}
