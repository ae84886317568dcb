import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectArray, expectInt, expectText, expectUint } from '../cbor/expect.ts'
import { Fields } from '../cbor/fields.ts'
import type { CborKey, CborValue } from '../cbor/value.ts'
import { DerReader } from '../der/reader.ts'
import { derOctetString } from '../der/writer.ts'
import { ActivationError } from '../errors/activation-error.ts'
import type { Instant } from '../time.ts'
import { extensionValue } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import { extensionOids } from '../x509/oids.ts'
import { encodeHardwareId, parseHardwareId } from './hardware-id.ts'
import type { HardwareId } from './hardware-id.ts'
import { digestLength, rawKeyLength, textLimit } from './limits.ts'
import { parseMinutes } from './minutes.ts'
import { present, presentFields } from './present.ts'

/** What happens to a grant beyond the quantity that was bought. */
export type AboveQuantity = 'report' | 'warn' | 'refuse'

/** A key group that a host serves, up to a generation. */
export interface EntitledGroup {
  readonly group: number
  readonly generation: number
}

/** How long a client waits before it asks again, in minutes, 15 to 43 200. */
export interface EntitledIntervals {
  readonly activationMinutes: number
  readonly renewalMinutes: number
}

/** What the customer may do: an extension of the certificate of a host's signing key (rule 5, protocol.md §2.4). */
export interface Entitlement {
  readonly customer: string
  /** For example `production`. */
  readonly environment: string
  /** Closed: hierarchies of groups are resolved when the certificate is made. */
  readonly groups: readonly EntitledGroup[]
  /** Machines a family needs, by the family's slug, where that differs from the catalog (rule 10). */
  readonly thresholds: ReadonlyMap<string, number>
  readonly intervals?: EntitledIntervals
  /** Live leases that were bought; without it there is no bound. */
  readonly quantity?: number
  readonly aboveQuantity: AboveQuantity
  readonly maxMachines?: number
  readonly features: readonly string[]
  readonly agreementEnds: Instant
  /** Leaf hash of entry 0 of the one ledger this certificate is for (rule 7). */
  readonly logId: Uint8Array
  /** Ed25519, 32 bytes (rule 27). */
  readonly recoveryKey: Uint8Array
  readonly hardware: HardwareId
  /** Whether the vendor has seen that the signing key cannot leave its hardware. */
  readonly attested: boolean
  /** Serial of the host key that was activated. */
  readonly serial: number
  /** Ed25519, 32 bytes (rule 30). */
  readonly noteKey: Uint8Array
  /** Whether weak anchors count without a bound (rule 35). */
  readonly weakCounts: boolean
  /** The log of the host that this one stands in for, until the vendor has confirmed it (rule 47): the mark of a spare. */
  readonly spareFor?: Uint8Array
}

/** Writes the entitlement. What equals its default is left out. */
export function encodeEntitlement(entitlement: Entitlement): Uint8Array {
  const { intervals, aboveQuantity, features, thresholds } = entitlement
  return encodeCbor(
    presentFields([
      [1, entitlement.customer],
      [2, entitlement.environment],
      [3, entitlement.groups.map(({ group, generation }) => [group, generation])],
      [4, thresholds.size === 0 ? undefined : thresholds],
      [5, intervals && [intervals.activationMinutes, intervals.renewalMinutes]],
      [6, entitlement.quantity],
      [7, aboveQuantity === 'report' ? undefined : aboveQuantities.indexOf(aboveQuantity)],
      [8, entitlement.maxMachines],
      [9, features.length === 0 ? undefined : features],
      [10, entitlement.agreementEnds],
      [11, entitlement.logId],
      [12, entitlement.recoveryKey],
      [13, encodeHardwareId(entitlement.hardware)],
      [14, entitlement.attested],
      [15, entitlement.serial],
      [16, entitlement.noteKey],
      [17, entitlement.weakCounts ? true : undefined],
      [19, entitlement.spareFor],
    ]),
  )
}

/** Writes the value of the certificate's extension: an OCTET STRING around the entitlement. */
export function encodeEntitlementExtension(entitlement: Entitlement): Uint8Array {
  return derOctetString(encodeEntitlement(entitlement))
}

/**
 * Reads an entitlement. A key unknown here is ignored, unless the entitlement itself says that it must be understood:
 * `UNKNOWN_CRITICAL` (rule 5).
 */
export function parseEntitlement(bytes: Uint8Array): Entitlement {
  const fields = new Fields(decodeCbor(bytes), 'entitlement')
  refuseUnknownCritical(fields.optional(0, (key) => nonEmpty(fields.list(key, expectInt), 'crit')) ?? [])
  return present({
    customer: fields.text(1, textLimit),
    environment: fields.text(2, textLimit),
    groups: nonEmpty(fields.list(3, parseGroup), 'the list of key groups'),
    thresholds: fields.optional(4, (key) => parseThresholds(fields.map(key))) ?? new Map<string, number>(),
    intervals: fields.optional(5, (key) => parseIntervals(fields.array(key, 2))),
    quantity: fields.optional(6, (key) => fields.uint(key)),
    aboveQuantity: fields.optional(7, (key) => parseAboveQuantity(fields.uint(key))) ?? 'report',
    maxMachines: fields.optional(8, (key) => fields.uint(key)),
    features: fields.optional(9, (key) => nonEmpty(fields.list(key, parseName), 'the list of features')) ?? [],
    agreementEnds: fields.uint(10),
    logId: fields.bytes(11, digestLength),
    recoveryKey: fields.bytes(12, rawKeyLength),
    hardware: parseHardwareId(fields.value(13), 'entitlement: hardware ID'),
    attested: fields.bool(14),
    serial: fields.uint(15),
    noteKey: fields.bytes(16, rawKeyLength),
    weakCounts: fields.optional(17, (key) => fields.bool(key)) ?? false,
    spareFor: fields.optional(19, (key) => fields.bytes(key, digestLength)),
  })
}

/** Reads the entitlement of a host certificate; one without it is no host certificate: `CHAIN_INVALID`. */
export function entitlementOf(certificate: Certificate): Entitlement {
  const extension = extensionValue(certificate, extensionOids.entitlement)
  if (extension === undefined) {
    throw new ActivationError('CHAIN_INVALID', `the certificate of ${certificate.subject.text} carries no entitlement`)
  }
  const reader = new DerReader(extension, 'entitlement')
  const bytes = reader.octetString()
  reader.end()
  return parseEntitlement(bytes)
}

/** Whether the customer may activate products of the group and generation: older generations are always included. */
export function isEntitled({ groups }: Entitlement, group: number, generation: number): boolean {
  return groups.some((entitled) => entitled.group === group && generation <= entitled.generation)
}

const aboveQuantities: readonly AboveQuantity[] = ['report', 'warn', 'refuse']

const lastKnownKey = 19

/** The golden vectors have it for a key that nobody knows: it is never given a meaning. */
const unknownForEver = 18

function refuseUnknownCritical(critical: readonly number[]): void {
  const unknown = critical.find((key) => key < 0 || key === unknownForEver || key > lastKnownKey)
  if (unknown === undefined) return
  throw new ActivationError('UNKNOWN_CRITICAL', `entitlement: field ${unknown} must be understood and is unknown here`)
}

function parseGroup(value: CborValue, what: string): EntitledGroup {
  const [group = null, generation = null] = expectArray(value, what, 2)
  return { group: expectUint(group, `${what}: number`), generation: expectUint(generation, `${what}: generation`) }
}

function parseThresholds(map: ReadonlyMap<CborKey, CborValue>): ReadonlyMap<string, number> {
  const thresholds = [...map].map(([family, threshold]): [string, number] => [
    parseName(family, 'entitlement: family'),
    expectUint(threshold, `entitlement: threshold of ${family}`),
  ])
  return new Map(nonEmpty(thresholds, 'the map of thresholds'))
}

function parseIntervals([activation = null, renewal = null]: readonly CborValue[]): EntitledIntervals {
  return {
    activationMinutes: parseMinutes(activation, 'entitlement: activation interval'),
    renewalMinutes: parseMinutes(renewal, 'entitlement: renewal interval'),
  }
}

function parseAboveQuantity(value: number): AboveQuantity {
  const above = aboveQuantities[value]
  if (above === undefined) throw new ActivationError('MALFORMED', `entitlement: field 7 must be 0 to 2, not ${value}`)
  return above
}

function parseName(value: CborValue, what: string): string {
  return expectText(value, what, textLimit)
}

function nonEmpty<T>(values: readonly T[], what: string): readonly T[] {
  if (values.length === 0) throw new ActivationError('MALFORMED', `entitlement: ${what} must not be empty`)
  return values
}
