import { toHex } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { attempted, type AttemptResult } from '@volact/core/licensing/last-attempt'
import type { Instant } from '@volact/core/time'
import type { RefusalMessage } from '@volact/core/wire/refusal'
import { writeAcceptedRecovery } from '../folder/accepted-recovery.ts'
import { writeCheckpoint } from '../folder/checkpoints.ts'
import { believedTime, raiseBySignedTime, setBySignedTime } from '../folder/clock-mark.ts'
import { silent } from '../folder/kept-file.ts'
import type { KeptAttempt, KeptLicense } from '../folder/kept-license.ts'
import { type Memory, withEvent, withLicense } from '../folder/license-memory.ts'
import { removePending } from '../folder/pending-request.ts'
import { logAt, type Settings, withLog } from '../folder/settings.ts'
import { newRecord, readStore, type Store, writeStore } from '../folder/store.ts'
import { whileLocked } from '../folder/store-lock.ts'
import { formatHostAddress } from '../host-address.ts'
import { acceptHardware } from '../identity/accept-hardware.ts'
import { becomeOtherThanTwin } from '../identity/twin.ts'
import { begin } from '../keep-memory.ts'
import { recoveryEvent } from './accept-recovery.ts'
import type { Granted, Question } from './conversation.ts'
import { applyEvent, keyOf } from './license.ts'

/**
 * Keeps a grant: the memory of the ledger first, because the next answer could go back behind this one if it were lost; the
 * request last, so that a crash before leaves one whose bytes get the same grant again (rules 14, 17). A machine that was told of its
 * twin keeps what it has learned of the ledger, and becomes another one. A stale answer calls for a fresh one.
 */
export function keepGrant(question: Answered, granted: Granted): 'kept' | 'twin' | 'stale' {
  const { installation, sold, found } = question
  return keep(question, (before) => {
    const logId = toHex(granted.answer.head.logId)
    if (granted.recovered !== undefined) writeAcceptedRecovery(installation.files, logId, granted.recovered)
    writeCheckpoint(installation.files, logId, granted.answer.checkpoint)
    const settings = settingsAfter(question, granted, before)
    if (granted.isTwin) {
      becomeOtherThanTwin(installation, { settings, memory: clockSet(question, granted, before.memory) }, found)
      return 'twin'
    }
    if (isStale(granted, before.memory, installation.now())) {
      writeStore(installation.files, { settings, memory: before.memory }, before)
      removePending(installation.files, sold.expected.activationId)
      return 'stale'
    }
    const memory = memoryAfter(question, granted, before.memory)
    installation.leases.write(sold, granted.answer)
    writeStore(installation.files, { settings, memory }, before)
    acceptHardware(installation, found)
    removePending(installation.files, sold.expected.activationId)
    return 'kept'
  })
}

/** A question that was answered, by a host at an address or by a file. */
type Answered = Omit<Question, 'address' | 'route'> & Partial<Pick<Question, 'address'>>

/** An answer to a request of before sets no clock (rule 42), and by a clock that is far ahead its lease has ended already. */
function isStale({ answer, fresh }: Granted, { clock }: Memory, now: Instant): boolean {
  return !fresh && believedTime(clock, now) >= answer.grant.expires
}

/** Keeps of a refusal when it came, and what the host asked for: it is unsigned (rule 24). */
export function keepRefusal(question: Question, { code, retryAfter }: RefusalMessage): void {
  const { installation, sold } = question
  keep(question, (before) => {
    const result = { outcome: 'refused', ...(retryAfter !== undefined && { retryAfterSeconds: retryAfter }) } as const
    writeStore(installation.files, { ...before, memory: afterAttempt(question, before.memory, result, code) }, before)
    removePending(installation.files, sold.expected.activationId)
  })
}

/** Keeps of a failure when it was. What keeps even that from being written says nothing new to whoever is told of the failure. */
export function keepFailure(question: Asking, failure: ActivationError): void {
  const { files } = question.installation
  try {
    keep(question, (before) => {
      const memory = afterAttempt(question, before.memory, { outcome: 'unreachable' }, failure.code)
      writeStore(files, { ...before, memory }, before)
    })
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
  }
}

/** Who asks for what, as whom; before any host is found, too. */
type Asking = Pick<Question, 'installation' | 'sold' | 'key'>

/** Another program may have changed things while the host was asked; and an answer to another machine is of no use here. */
function keep<T>({ installation, sold, key }: Asking, run: (before: Store) => T): T {
  return whileLocked(installation.files, () => {
    const store = readStore(installation, silent)
    const isInstalled = store.settings.keys.some(({ product }) => product === sold.expected.activationId)
    if (isInstalled && installation.identity.isStill(key.machineId)) return run(store)
    const change = isInstalled ? 'the identity of this machine was changed' : 'the product key was removed'
    throw new ActivationError('FOLDER_IN_USE', `${change} while the host was asked: try again`)
  })
}

function settingsAfter({ sold, address }: Answered, { answer }: Granted, { settings }: Store): Settings {
  const log = { id: toHex(answer.head.logId), vendor: sold.vendor.catalog.vendor.id }
  if (address === undefined) return settings.logs.some(({ id }) => id === log.id) ? settings : withLog(settings, log)
  const met = { ...log, address: formatHostAddress(address) }
  return logAt(settings, met.vendor, met.address) === met.id ? settings : withLog(settings, met)
}

/** A grant heals: what was lost before it is no longer worth a note. */
function memoryAfter(question: Answered, granted: Granted, before: Memory): Memory {
  const { installation, sold } = question
  const { expires, issued } = granted.answer.grant
  const event = { kind: 'activated', expires, granted: issued } as const
  const healed = { ...clockSet(question, granted, before), events: [] }
  const told = noteRecovery(granted, noteTwin(granted, healed, installation.now()))
  const memory = applyEvent(event, sold, undefined, told, installation.now())
  return afterAttempt(question, memory, { outcome: 'granted' })
}

function noteTwin({ twinProblem }: Granted, memory: Memory, at: Instant): Memory {
  if (twinProblem === undefined) return memory
  const text = `the host said that another machine uses this identity, and could not show it: ${twinProblem}`
  return withEvent(memory, { at, code: 'MACHINE_COPIED', text })
}

/** Reported once: the next grant takes the note away, and no second recovery of the same number is accepted (rule 27). */
function noteRecovery({ recovered }: Granted, memory: Memory): Memory {
  return recovered === undefined ? memory : withEvent(memory, recoveryEvent(recovered))
}

/** No wrong clock outlives a signed answer to a fresh nonce, and no grace begins after the time that it tells (rule 42). */
function clockSet({ installation }: Asking, { answer, fresh }: Granted, before: Memory): Memory {
  const { time } = answer.head
  if (!fresh) return { ...before, clock: raiseBySignedTime(before.clock, time) }
  const licenses = [...before.licenses].map(([id, { record, ...license }]) => {
    return [id, { ...license, record: { ...record, graceBegan: Math.min(record.graceBegan, time) } }] as const
  })
  return { ...before, clock: setBySignedTime(time, installation.now()), licenses: new Map(licenses) }
}

function afterAttempt(
  { installation, sold }: Asking,
  memory: Memory,
  result: AttemptResult,
  code?: KeptAttempt['code'],
): Memory {
  const { activationId, channel } = sold.product
  const now = installation.now()
  const fresh: KeptLicense = { vendor: sold.vendor.catalog.vendor.id, record: newRecord(keyOf(channel), now) }
  const { attempt: before, ...license } = begin(memory, sold, now).licenses.get(activationId) ?? fresh
  const brought = before !== undefined && before.outcome !== 'granted' && now < before.watchUntil ? before : undefined
  const attempt = { ...attempted(result, now, brought), ...(code !== undefined && { code }) }
  return withLicense(memory, activationId, { ...license, attempt })
}
