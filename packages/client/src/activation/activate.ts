import { toHex } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { after } from '@volact/core/time'
import { writeCheckpoint } from '../folder/checkpoints.ts'
import { raiseBySignedTime, setBySignedTime } from '../folder/clock-mark.ts'
import { removePending } from '../folder/pending-request.ts'
import { logAt, readSettings, withLog, writeSettings } from '../folder/settings.ts'
import { currentTimes, type Times, withLicense, writeTimes } from '../folder/times.ts'
import { formatHostAddress, type HostAddress } from '../host-address.ts'
import type { Installation } from '../installation.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import { type Conclusion, converse, type Question } from './conversation.ts'
import { describeMachine } from './machine.ts'
import { activated, type ActivationOutcome, refused, retryIn } from './outcome.ts'

/**
 * Activates or renews one product at one host; the folder's lock is held. What is verified is kept; a refusal and a failure
 * change nothing but the time of the next try (rules 24, 25).
 */
export async function activate(
  installation: Installation,
  sold: SoldProduct,
  address: HostAddress,
): Promise<ActivationOutcome> {
  const question = await ask(installation, sold, address)
  try {
    return keep(question, await converse(question))
  } catch (error) {
    if (error instanceof ActivationError)
      postpone(question, after(installation.now(), retryIn(sold, question.stored?.grant)))
    throw error
  }
}

async function ask(installation: Installation, sold: SoldProduct, address: HostAddress): Promise<Question> {
  const { files, leases } = installation
  // Who wants to know what was ignored asks for the status, which says it.
  const note = (): undefined => undefined
  const machine = await describeMachine(installation, sold.vendor)
  const settings = readSettings(files, note)
  const times = currentTimes(installation, note)
  return { installation, sold, address, machine, settings, times, stored: leases.read(sold, note), note }
}

function keep(question: Question, conclusion: Conclusion): ActivationOutcome {
  const { installation, sold, address, stored } = question
  const host = formatHostAddress(address)
  const now = installation.now()
  const outcome =
    conclusion.kind === 'refused'
      ? refused(sold, host, conclusion.refusal, { now, grant: stored?.grant })
      : activated(sold, host, keepGrant(question, conclusion), now)
  const clock = conclusion.kind === 'refused' ? question.times.clock : clockAfter(question.times, conclusion)
  postpone({ ...question, times: { ...question.times, clock } }, outcome.nextAttempt)
  // Last, so that a crash before leaves a request whose bytes get the same grant again (rules 14, 17).
  removePending(installation.files, sold.expected.activationId)
  return outcome
}

type Granted = Extract<Conclusion, { kind: 'granted' }>

/** The memory of the ledger first: were it lost, the next answer could go back behind this one. */
function keepGrant({ installation, sold, address, settings }: Question, { answer }: Granted): Granted['answer'] {
  const { files, leases } = installation
  const id = toHex(answer.head.logId)
  writeCheckpoint(files, id, answer.checkpoint)
  leases.write(sold, answer)
  const met = { id, vendor: sold.vendor.catalog.vendor.id, address: formatHostAddress(address) }
  if (logAt(settings, met.vendor, met.address) !== id) writeSettings(files, withLog(settings, met))
  return answer
}

function clockAfter({ clock }: Times, { answer, fresh }: Granted): Times['clock'] {
  return fresh ? setBySignedTime(answer.head.time) : raiseBySignedTime(clock, answer.head.time)
}

function postpone({ installation, sold, times }: Question, nextAttempt: number): void {
  const now = installation.now()
  writeTimes(installation.files, withLicense(times, sold.expected.activationId, { nextAttempt }, now))
}
