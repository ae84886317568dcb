import type { HardwareFacts } from '@volact/client/hardware/hardware-facts'
import { evidenceOf, type HardwareEvidence } from '@volact/core/licensing/hardware-evidence'
import { judgeHardware } from '@volact/core/licensing/hardware'
import type { ErrorCode } from '@volact/core/errors/table'
import type { Instant } from '@volact/core/time'

/** A lease that was granted, and that nothing has taken away since. */
export interface HeldLease {
  readonly expires: Instant
  /** The hardware for which it was granted. */
  readonly hardware: HardwareFacts
}

/**
 * What the laws say must hold in a folder, from what has happened to it alone. All IDs are activation IDs. It is data, so that a
 * snapshot of the folder has one of its own.
 */
export interface Model {
  installed: Set<string>
  held: Map<string, HeldLease>
  /** Products whose lease was found on hardware that has changed too much. */
  out: Set<string>
  /** The hardware that the folder was last sealed to; nothing where the seal was lost. */
  sealed: HardwareFacts | undefined
  /** Every machine ID so far; the last is the one of now, and nothing stands there when another one must come. */
  ids: (string | undefined)[]
}

export function newModel(hardware: HardwareFacts): Model {
  return { installed: new Set(), held: new Map(), out: new Set(), sealed: hardware, ids: [undefined] }
}

/** The folder is another machine's from now on: no lease is left, and the next machine ID is none of those before. */
export function becomeOther(model: Model, hardware: HardwareFacts): void {
  model.held.clear()
  model.out.clear()
  model.sealed = hardware
  model.ids.push(undefined)
}

/** What every opening and every attempt to activate does: the hardware is compared with the sealed one (protocol.md §13.5). */
export function judge(model: Model, hardware: HardwareFacts): void {
  if (model.sealed === undefined) {
    judgeUnsealed(model, hardware)
    return
  }
  const verdict = judgeHardware(evidence(model.sealed), evidence(hardware))
  if (verdict === 'other-machine') becomeOther(model, hardware)
  else if (verdict === 'out-of-tolerance') for (const id of leased(model)) model.out.add(id)
  else model.out.clear()
}

/** Without a seal a lease says by itself for which hardware it was granted, and until a grant nothing else does. */
function judgeUnsealed(model: Model, hardware: HardwareFacts): void {
  const elsewhere = leased(model).filter((id) => anchor(model.held.get(id)?.hardware) !== anchor(hardware))
  for (const id of elsewhere) model.out.add(id)
  if (elsewhere.length === 0) model.sealed = hardware
}

/** A grant heals what stood against its product, and seals the folder. */
export function grant(model: Model, id: string, lease: HeldLease): void {
  model.held.set(id, lease)
  model.out.delete(id)
  model.sealed = lease.hardware
}

/** What a product must be at a time: licensed, or not for one of these reasons. */
export function expected({ installed, held, out }: Model, id: string, at: Instant): 'licensed' | readonly ErrorCode[] {
  if (!installed.has(id)) return ['NO_PRODUCT_KEY']
  const changed = out.has(id) ? (['HARDWARE_OUT_OF_TOLERANCE'] as const) : []
  const lease = held.get(id)
  if (lease === undefined) return [...changed, 'IN_INITIAL_GRACE', 'GRACE_EXPIRED']
  if (at >= lease.expires) return [...changed, 'IN_OUT_OF_TOLERANCE_GRACE', 'GRACE_EXPIRED']
  return changed.length === 0 ? 'licensed' : changed
}

function leased({ installed, held }: Model): readonly string[] {
  return [...held.keys()].filter((id) => installed.has(id))
}

function anchor(facts: HardwareFacts | undefined): string {
  return [facts?.systemUuid, facts?.boardSerial, facts?.diskSerial].join()
}

function evidence(facts: HardwareFacts): HardwareEvidence {
  return evidenceOf({ ...facts, vendorId: 'any' })
}
