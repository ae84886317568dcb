import type {
  Application,
  Contacts,
  EphemeralRule,
  Family,
  KeyGroup,
  Product,
  ProductPolicy,
  Vendor,
} from './catalog.ts'
import { enforcements } from '../licensing/license-policy.ts'
import { channels } from './catalog.ts'
import { type Draft, type Entry, type Reader, shown, Wrong } from './entry.ts'
import { durations, numbers, sizes } from './limits.ts'
import { type Fields, list, optional, required, section } from './section.ts'
import { duration, email, flag, integer, oneOf, phone, setupKey, slug, text, uuid, webAddress } from './values.ts'

/** A catalog as a vendor writes it. What is left out comes from the family, from the defaults, or from Volact. */
export interface WrittenCatalog {
  readonly format: 1
  readonly vendor: Vendor
  readonly applications: readonly Application[]
  readonly defaults?: Defaults
  readonly families: readonly WrittenFamily[]
  readonly groups: readonly WrittenGroup[]
  readonly products: readonly WrittenProduct[]
}

export interface PolicyTerms extends Partial<Omit<ProductPolicy, 'ephemeral' | 'enforcement'>> {
  readonly ephemeral?: Partial<EphemeralRule>
  readonly enforcement?: Partial<ProductPolicy['enforcement']>
}

export type CountTerms = Partial<Pick<Family, 'countBy' | 'counts' | 'serves' | 'windowSeconds'>>
export interface Defaults extends PolicyTerms, CountTerms {}
export interface WrittenFamily
  extends PolicyTerms, CountTerms, Pick<Family, 'slug' | 'name' | 'application' | 'threshold'> {}
export interface WrittenGroup extends Pick<KeyGroup, 'slug' | 'name' | 'number'>, Partial<Pick<KeyGroup, 'includes'>> {}
export interface WrittenProduct
  extends
    PolicyTerms,
    Omit<Product, 'policy' | 'features' | 'channel'>,
    Partial<Pick<Product, 'features' | 'channel'>> {}

const readContacts: Reader<Draft<Contacts>> = section<Contacts>({
  email: optional(email),
  phone: optional(phone),
  url: optional(webAddress),
})

const readEphemeral: Reader<Draft<Partial<EphemeralRule>>> = section<Partial<EphemeralRule>>({
  graceSeconds: optional(duration(durations.ephemeralGrace), 'grace'),
  leaseSeconds: optional(duration(durations.ephemeralLease), 'lease'),
})

const readEnforcement: Reader<Draft<Partial<ProductPolicy['enforcement']>>> = section<
  Partial<ProductPolicy['enforcement']>
>({
  unlicensed: optional(oneOf(enforcements)),
  'initial-grace': optional(oneOf(enforcements)),
  'out-of-tolerance-grace': optional(oneOf(enforcements)),
  'non-genuine-grace': optional(oneOf(enforcements)),
  notification: optional(oneOf(enforcements)),
  'extended-grace': optional(oneOf(enforcements)),
})

const policyFields: Fields<PolicyTerms> = {
  leaseSeconds: optional(duration(durations.lease), 'lease'),
  activationIntervalSeconds: optional(duration(durations.interval), 'activationInterval'),
  renewalIntervalSeconds: optional(duration(durations.interval), 'renewalInterval'),
  force: optional(flag),
  initialGraceSeconds: optional(duration(durations.grace), 'initialGrace'),
  outOfToleranceGraceSeconds: optional(duration(durations.grace), 'outOfToleranceGrace'),
  nonGenuineGraceSeconds: optional(duration(durations.grace), 'nonGenuineGrace'),
  rearms: optional(integer(numbers.rearms)),
  ephemeral: optional(readEphemeral),
  enforcement: optional(readEnforcement),
  evaluationSeconds: optional(duration(durations.grace), 'evaluation'),
  extendedGraceSeconds: optional(duration(durations.grace), 'extendedGrace'),
  quietSeconds: optional(duration(durations.grace), 'quiet'),
  rearmsAfterActivation: optional(integer(numbers.rearms)),
  applicationRearms: optional(integer(numbers.rearms)),
  productRearms: optional(integer(numbers.rearms)),
}

const countFields: Fields<CountTerms> = {
  countBy: optional(oneOf(['anchor', 'machine'])),
  counts: optional(oneOf(['all', 'physical'])),
  serves: optional(oneOf(['all', 'physical'])),
  windowSeconds: optional(duration(durations.window), 'window'),
}

const readVendor: Reader<Draft<Vendor>> = section<Vendor>({
  id: required(slug, 'such as example'),
  name: required(text, 'such as Example Works'),
  contacts: required(someContact, 'a section with email, phone or url'),
})

const readApplication: Reader<Draft<Application>> = section<Application>({
  id: required(uuid, 'a UUID such as uuidgen prints'),
  slug: required(slug, 'such as system'),
  name: required(text, 'such as System'),
})

const readFamily: Reader<Draft<WrittenFamily>> = section<WrittenFamily>({
  slug: required(slug, 'such as desktop'),
  name: required(text, 'such as Desktop'),
  application: required(slug, 'such as system'),
  threshold: required(integer(numbers.threshold), 'such as 25'),
  ...countFields,
  ...policyFields,
})

const readGroup: Reader<Draft<WrittenGroup>> = section<WrittenGroup>({
  slug: required(slug, 'such as client'),
  name: required(text, 'such as Client'),
  number: required(integer(numbers.group), 'such as 10'),
  includes: optional(list(slug, { min: 0, max: sizes.groups })),
})

const readProduct: Reader<Draft<WrittenProduct>> = section<WrittenProduct>({
  activationId: required(uuid, 'a UUID such as uuidgen prints'),
  slug: required(slug, 'such as desktop-1-standard'),
  name: required(text, 'such as Desktop 1'),
  edition: required(text, 'such as Standard'),
  family: required(slug, 'such as desktop'),
  group: required(slug, 'such as client'),
  generation: required(integer(numbers.generation), 'such as 1'),
  channel: optional(oneOf(channels)),
  setupKey: required(setupKey, 'five groups of five characters'),
  features: optional(list(slug, { min: 0, max: sizes.features })),
  requires: optional(slug),
  ...policyFields,
})

/** Reads every value and its range; what values say about each other is looked at afterwards. */
export const readWrittenCatalog: Reader<Draft<WrittenCatalog>> = section<WrittenCatalog>({
  format: required(formatOne, 'such as 1'),
  vendor: required(readVendor, 'a section with id, name and contacts'),
  applications: required(list(readApplication, { min: 1, max: sizes.applications }), 'a list with at least one entry'),
  defaults: optional(section<Defaults>({ ...countFields, ...policyFields })),
  families: required(list(readFamily, { min: 1, max: sizes.families }), 'a list with at least one entry'),
  groups: required(list(readGroup, { min: 1, max: sizes.groups }), 'a list with at least one entry'),
  products: required(list(readProduct, { min: 1, max: sizes.products }), 'a list with at least one entry'),
})

function formatOne(entry: Entry): 1 | Wrong {
  if (entry.value === 1) return 1
  return new Wrong(`must be 1, the format that this version reads, but is ${shown(entry.value)}`)
}

function someContact(entry: Entry): Draft<Contacts> | Wrong {
  const contacts = readContacts(entry)
  if (contacts instanceof Wrong || Object.keys(contacts).length > 0) return contacts
  return new Wrong('is without a contact: customers need at least one of email, phone and url')
}
