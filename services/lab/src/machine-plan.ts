import type { HardwareFacts } from '@volact/client/hardware-probe'
import type { Duration } from '@volact/core/time'
import type { LabProduct } from './reference-catalog.ts'
import { pick, randomHex, type RandomNumber, seededRandom, shuffled } from './random.ts'

/** A machine as the seed has it, before it exists. */
export interface PlannedMachine {
  /** `001` */
  readonly folder: string
  readonly name: string
  readonly hardware: HardwareFacts
}

/** Who asks, in this order, and how long after the start of the lab for the first time. */
export interface PlannedAsk {
  readonly machine: PlannedMachine
  readonly after: Duration
}

/** Plans so many machines: names, hardware, order and times follow from the seed alone. */
export function planMachines(count: number, seed: number, firstRound: Duration): readonly PlannedAsk[] {
  const random = seededRandom(seed)
  const digits = Math.max(3, String(count).length)
  const machines = Array.from({ length: count }, (_, index) =>
    planMachine(String(index + 1).padStart(digits, '0'), random),
  )
  const longestPause = Math.max(1, Math.floor(firstRound / count))
  let after = 0
  return shuffled(machines, random).map((machine) => {
    after += 1 + random(longestPause)
    return { machine, after }
  })
}

/** Tells how long it takes from the start of the lab until the last machine is licensed, or has asked in vain. */
export function scheduleLength(plan: readonly PlannedAsk[], { family, product }: LabProduct): Duration {
  const last = plan.at(-1)?.after ?? 0
  const lastRefused = plan[family.threshold - 2]?.after
  if (lastRefused === undefined || plan.length < family.threshold) return last
  return Math.max(last, lastRefused + product.policy.activationIntervalSeconds)
}

function planMachine(folder: string, random: RandomNumber): PlannedMachine {
  const name = `${pick(rooms, random)}-${pick(birds, random)}-${folder}`
  return { folder, name, hardware: planHardware(name, random) }
}

function planHardware(hostname: string, random: RandomNumber): HardwareFacts {
  const hex = (digits: number): string => randomHex(digits, random)
  const disk = `DISK-${hex(10)}`
  const mac = `02:${Array.from({ length: 5 }, () => hex(2)).join(':')}`
  return {
    systemUuid: `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
    boardSerial: `BOARD-${hex(8)}`,
    diskSerial: disk,
    // In the order of the vector: disk, firmware, processor, ide, scsi, network, audio, memory, display, optical.
    components: [
      ...[disk, `firmware ${hex(4)}`, `processor ${hex(2)}`, undefined, `scsi ${hex(4)}`, mac],
      ...[`audio ${hex(4)}`, pick(['8 GiB', '16 GiB', '32 GiB'], random), `display ${hex(4)}`, undefined],
    ],
    virtual: false,
    container: false,
    hostname,
    os: 'Simulated 1.0',
    addresses: [`10.${random(256)}.${random(256)}.${1 + random(254)}`],
  }
}

const rooms = ['attic', 'studio', 'office', 'lobby', 'garage', 'library', 'kitchen', 'archive'] as const
const birds = ['heron', 'finch', 'plover', 'wren', 'swift', 'tern', 'osprey', 'dipper', 'siskin', 'linnet'] as const
