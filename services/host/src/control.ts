import type { Instant } from '@volact/core/time'
import { fromHex } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Certificate, parseCertificate } from '@volact/core/x509/certificate'
import { type ActivatedHost, tellActivation, type ToldActivation } from './activate-host.ts'
import type { AuthorityChoice } from './certificate-acts.ts'
import type { ChangedSettings } from './config/changed-settings.ts'
import type { DnsReport } from './dns/acts.ts'
import { forgetMachine, type ForgottenMachine, type MachineToForget } from './index/forget-machine.ts'
import type { IndexDesk } from './index/index-desk.ts'
import type { IndexStatus } from './index/index-status.ts'
import type { InstalledKey } from './install-key.ts'
import { type InstalledPack, type PackOffer, readOffer } from './install-pack.ts'
import type { OpenedVendor } from './open-host.ts'
import type { AddedPool } from './pipeline/pools.ts'
import type { VendorService } from './pipeline/vendor-service.ts'
import { type MadeReport, makeReport, parseReportQuestion, type ReportQuestion } from './report/make-report.ts'
import type { RenewedHost } from './renewal/renew-host.ts'
import {
  parseRespondQuestion,
  type RespondedMachines,
  type RespondQuestion,
  respondToFile,
} from './respond/respond-to-file.ts'
import { type HostStatus, type PoolStatus, poolStatuses } from './status.ts'
import type { Expected } from './strangers/expectation.ts'
import { type ExpectQuestion, recordExpected } from './strangers/record-expected.ts'

/** A clock that was accepted. */
export interface AcceptedClock {
  readonly vendor: string
  readonly time: Instant
}

/** What a command asks of a host, the running one through its control socket. `vendor` is needed where there are several. */
export type HostQuestion =
  | { readonly verb: 'status' }
  | { readonly verb: 'reload' }
  | { readonly verb: 'index-sync' }
  | { readonly verb: 'clock-accept' }
  | ExpectQuestion
  | ReportQuestion
  | RespondQuestion
  | { readonly verb: 'machine-forget'; readonly vendor: string; readonly machine: string }
  | { readonly verb: 'pool-add'; readonly pool: string; readonly limit: number; readonly vendor?: string }
  | { readonly verb: 'pool-list'; readonly vendor?: string }
  | { readonly verb: 'pool-remove'; readonly pool: string; readonly vendor?: string }

/** What is answered to each verb. */
export interface HostAnswers {
  readonly status: HostStatus
  readonly reload: ChangedSettings
  readonly 'index-sync': IndexStatus
  readonly 'clock-accept': readonly AcceptedClock[]
  readonly expect: Expected
  readonly 'machine-forget': ForgottenMachine
  readonly 'pool-add': AddedPool
  readonly 'pool-list': readonly PoolStatus[]
  readonly 'pool-remove': null
  readonly dns: DnsReport
  readonly report: MadeReport
  readonly respond: RespondedMachines
}

/** Who answers: the vendors of a host, and its status. */
export interface HostToAsk {
  readonly vendors: readonly OpenedVendor[]
  readonly status: () => Promise<HostStatus>
  readonly reload: () => Promise<ChangedSettings>
  readonly index: IndexDesk
  /** Tells the door for new identities that the ledgers have another announcement (rule 39). */
  readonly announced?: () => void
  /** Only the running host: a command that finds none does it under the folder's lock. */
  readonly installPack?: (offer: PackOffer, root: Certificate | undefined) => Promise<InstalledPack>
  readonly installKey?: (key: string, vendor: string | undefined) => Promise<InstalledKey>
  readonly certificates?: {
    renew(choice: AuthorityChoice): Promise<RenewedHost>
    activate(choice: AuthorityChoice): Promise<ActivatedHost>
  }
  /** Only the running host; a command that finds none opens a desk of its own. */
  readonly dns?: (question: unknown) => Promise<DnsReport>
}

/** Answers a question that came through the control socket; one that it does not know is a bug of who asks. */
export function answerQuestion(
  question: unknown,
  host: HostToAsk,
): Promise<HostAnswers[keyof HostAnswers] | InstalledPack | InstalledKey | RenewedHost | ToldActivation> {
  const { verb, pool, limit, vendor, machine, machines, seconds, pack, root, key, authority } = fieldsOf(question)
  const of = typeof vendor === 'string' ? vendor : undefined
  if (verb === 'status' || verb === 'reload' || verb === 'index-sync' || verb === 'clock-accept') {
    return answer({ verb }, host)
  }
  if (verb === 'pool-list') return answer({ verb, ...(of !== undefined && { vendor: of }) }, host)
  const named = { pool: typeof pool === 'string' ? pool : '', ...(of !== undefined && { vendor: of }) }
  if (verb === 'pool-remove') return answer({ verb, ...named }, host)
  if (verb === 'pool-add') return answer({ verb, ...named, limit: typeof limit === 'number' ? limit : 0 }, host)
  if (verb === 'expect') {
    const roll = { machines: numberOf(machines), seconds: numberOf(seconds) }
    return answer({ verb, ...roll, ...(of !== undefined && { vendor: of }) }, host)
  }
  if (verb === 'pack-install' && host.installPack !== undefined) {
    const given = root === undefined ? undefined : parseCertificate(hexBytes(root))
    return host.installPack(readOffer(hexBytes(pack)), given)
  }
  if (verb === 'key-install' && host.installKey !== undefined) return host.installKey(textOf(key), of)
  if ((verb === 'renew' || verb === 'activate') && host.certificates !== undefined) {
    const where = typeof authority === 'string' ? { authority } : {}
    const choice = { ...where, ...(of !== undefined && { vendor: of }) }
    return verb === 'renew' ? host.certificates.renew(choice) : host.certificates.activate(choice).then(tellActivation)
  }
  if (verb === 'dns' && host.dns !== undefined) return host.dns(question)
  if (verb === 'respond') return answer(parseRespondQuestion(question), host)
  if (verb === 'report') return answer(parseReportQuestion(question), host)
  if (verb === 'machine-forget') return answer({ verb, vendor: of ?? '', machine: textOf(machine) }, host)
  throw new Error('the running host knows no such question')
}

/** Says of a question whether its answer reads or writes ledgers, maybe for long. */
export function worksOnLedgers(question: unknown): boolean {
  const { verb } = fieldsOf(question)
  return ['report', 'respond', 'expect', 'machine-forget', 'pool-add', 'pool-remove'].some((each) => each === verb)
}

/** Answers a question. `USAGE`, or `HOST_NOT_ACTIVATED` where there is no ledger to write into. */
export async function answer<Q extends HostQuestion>(question: Q, host: HostToAsk): Promise<HostAnswers[Q['verb']]>
export async function answer(question: HostQuestion, host: HostToAsk): Promise<HostAnswers[HostQuestion['verb']]> {
  switch (question.verb) {
    case 'status':
      return host.status()
    case 'reload':
      return host.reload()
    case 'index-sync':
      return host.index.sync()
    case 'clock-accept':
      return host.vendors.flatMap(({ vendor, service }) =>
        service === undefined ? [] : [{ vendor: vendor.id, time: service.acceptClock() }],
      )
    case 'expect':
      return expectAt(host, question)
    case 'respond':
      return respondToFile(host.vendors, question)
    case 'report':
      return makeReport(serviceOf(host, question.vendor), question)
    case 'machine-forget':
      return forgetAt(host, question)
    case 'pool-add':
      return serviceOf(host, question.vendor).pools.add(question.pool, question.limit)
    case 'pool-list':
      return poolStatuses(serviceOf(host, question.vendor))
    case 'pool-remove':
      await serviceOf(host, question.vendor).pools.remove(question.pool)
      return null
  }
}

/** A machine that was only ever refused may have no vendor. */
function forgetAt(host: HostToAsk, { vendor, machine }: MachineToForget): Promise<ForgottenMachine> {
  const service = serviceOf(host, vendor === '' ? undefined : vendor)
  return forgetMachine(service, host.index, { vendor: service.terms.catalog.vendor.id, machine })
}

async function expectAt(host: HostToAsk, question: ExpectQuestion): Promise<Expected> {
  const expected = await recordExpected(serviceOf(host, question.vendor), question)
  host.announced?.()
  return expected
}

function serviceOf({ vendors }: HostToAsk, id: string | undefined): VendorService {
  const ids = vendors.map(({ vendor }) => vendor.id)
  if (id === undefined && ids.length > 1) {
    throw new ActivationError('USAGE', `this host has several vendors: name one of ${ids.join(', ')}`)
  }
  const found = vendors.find(({ vendor }) => id === undefined || vendor.id === id)
  if (found === undefined && id !== undefined) {
    throw new ActivationError('USAGE', `"${id}" is no vendor of this host, which has ${ids.join(', ') || 'none'}`)
  }
  if (found?.service !== undefined) return found.service
  throw new ActivationError('HOST_NOT_ACTIVATED', 'this host is not activated: run "volact host activate" first')
}

/** What is no number is none that is possible. */
function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}

/** `MALFORMED` for what is no hexadecimal text. */
function hexBytes(value: unknown): Uint8Array {
  return fromHex(textOf(value))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

type Field =
  'verb' | 'pool' | 'limit' | 'vendor' | 'machine' | 'machines' | 'seconds' | 'pack' | 'root' | 'key' | 'authority'

function fieldsOf(question: unknown): Readonly<Record<Field, unknown>> {
  const named = { verb: undefined, pool: undefined, limit: undefined, vendor: undefined, machine: undefined }
  const given = { pack: undefined, root: undefined, key: undefined, authority: undefined }
  const fields = { ...named, ...given, machines: undefined, seconds: undefined }
  return typeof question === 'object' && question !== null ? { ...fields, ...question } : fields
}
