import { productName } from '../product-name.ts'

/** Where hosts are looked for. */
export interface SrvPlace {
  readonly zone: string
  /** IDs are DNS labels. */
  readonly vendor: string
  /** The label of a site, whose own hosts come first. */
  readonly site?: string
}

/**
 * Names to ask for SRV records, in this order (protocol.md §11.6): the vendor's own hosts, then those of all vendors; and before
 * both the same two of the site, which is a zone of its own in the zone, so that it can be delegated.
 */
export function srvNames({ zone, vendor, site }: SrvPlace): readonly string[] {
  const zones = site === undefined ? [zone] : [`${site}._sites.${zone}`, zone]
  return zones.flatMap((place) => [`${service}.${vendor}._vendors.${place}`, `${service}.${place}`])
}

/** Deliberately not Microsoft's name, so that neither system's machines are ever sent to the other's host. */
const service = `_${productName}._tcp`
