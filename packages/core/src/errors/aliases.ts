import type { ErrorCode } from './table.ts'

/** A number of the reference that means here what a row with another number says. */
export interface ErrorAlias {
  readonly number: number
  readonly name: ErrorCode
  /** Why it leads to that row, as a whole sentence. */
  readonly why: string
}

const there = 'In the volume activation of Microsoft it says that'
const unreachable = `${there} the remote end cannot be reached.`
const damaged = `${there} the store of licenses is damaged; here that is a folder.`
const noSuchKey = `${there} the service of the vendor can do nothing with the key.`
const noPack = `${there} files of the product are missing; here they are in the pack of the vendor.`
const web = `${there} the service of the vendor cannot be reached; here that is the authority.`

/** Numbers that administrators search for, and the row that explains them. */
export const errorAliases: readonly ErrorAlias[] = [
  { number: 0xc004b100, name: 'KEY_INVALID', why: noSuchKey },
  { number: 0xc004c001, name: 'KEY_INVALID', why: noSuchKey },
  { number: 0x80070490, name: 'KEY_INVALID', why: `${there} a key did not work.` },
  { number: 0x803f7001, name: 'NO_PRODUCT_KEY', why: `${there} an edition has no key.` },
  { number: 0xc004e002, name: 'FOLDER_DAMAGED', why: damaged },
  { number: 0xc004e015, name: 'FOLDER_DAMAGED', why: damaged },
  { number: 0xc004f012, name: 'FOLDER_DAMAGED', why: damaged },
  { number: 0x8007000d, name: 'FOLDER_DAMAGED', why: damaged },
  { number: 0xc004f015, name: 'PRODUCT_UNKNOWN', why: noPack },
  { number: 0xc004f017, name: 'PRODUCT_UNKNOWN', why: noPack },
  { number: 0xc004f027, name: 'SIGNATURE_INVALID', why: `${there} a license was altered.` },
  {
    number: 0xc004f02e,
    name: 'CONFIRMATION_WRONG_VERSION',
    why: `${there} a version is right but not supported.`,
  },
  { number: 0xc004f065, name: 'IN_NON_GENUINE_GRACE', why: 'Some pages print 0x4004F065 in this way.' },
  { number: 0xc004f075, name: 'HOST_MUTE', why: `${there} the service is stopping.` },
  { number: 0xc0020017, name: 'HOST_UNREACHABLE', why: unreachable },
  {
    number: 0x8007139f,
    name: 'HOST_UNREACHABLE',
    why: `${there} the service is in the wrong state, often because a VPN hides the host.`,
  },
  { number: 0x80072332, name: 'DNS_NOT_AUTHORITATIVE', why: 'It is what DNS calls NOTZONE.' },
  { number: 0x80092328, name: 'DNS_NAME_MISSING', why: 'It is another number of the same answer of DNS.' },
  { number: 0x80072ee2, name: 'AUTHORITY_UNREACHABLE', why: web },
  { number: 0x80072ee7, name: 'AUTHORITY_UNREACHABLE', why: web },
]
