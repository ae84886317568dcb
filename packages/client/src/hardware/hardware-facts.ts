/** What a probe found of this machine; nothing where it could not be read. */
export interface HardwareFacts {
  readonly systemUuid: string | undefined
  readonly boardSerial: string | undefined
  /** Of the disk that the system starts from. */
  readonly diskSerial: string | undefined
  /** Ten, in the order of `vectorComponents` in core (rule 34). */
  readonly components: readonly (string | undefined)[]
  readonly virtual: boolean
  /** Whether this program runs in a container; the hardware is then that of the machine around it. */
  readonly container: boolean
  readonly hostname: string
  readonly os: string
  readonly addresses: readonly string[]
}

/** The part of the facts that differs from one operating system to the next. */
export type PlatformFacts = Omit<HardwareFacts, 'hostname' | 'os' | 'addresses'>

/** Finds out about the hardware of this machine. */
export type HardwareProbe = () => Promise<HardwareFacts>

/** The ten components by name, in the order in which `listComponents` puts them. */
export interface NamedComponents {
  readonly disk: string | undefined
  readonly firmware: string | undefined
  readonly processor: string | undefined
  readonly ide: string | undefined
  readonly scsi: string | undefined
  readonly network: string | undefined
  readonly audio: string | undefined
  readonly memory: string | undefined
  readonly display: string | undefined
  readonly optical: string | undefined
}

/** Puts the components into the order of the vector. */
export function listComponents(named: NamedComponents): readonly (string | undefined)[] {
  const { disk, firmware, processor, ide, scsi, network, audio, memory, display, optical } = named
  return [disk, firmware, processor, ide, scsi, network, audio, memory, display, optical]
}

/** Joins what is there into one component; nothing when nothing is. Sorted, because devices are found in any order. */
export function joinParts(parts: readonly (string | undefined)[]): string | undefined {
  const found = parts.map((part) => part?.trim() ?? '').filter((part) => part !== '')
  return found.length === 0 ? undefined : found.toSorted().join(' ')
}

/** Says how much memory there is in whole gibibytes, since systems keep varying amounts of the last one to themselves. */
export function memorySize(bytes: number): string | undefined {
  return bytes > 0 ? `${String(Math.ceil(bytes / 2 ** 30))} GiB` : undefined
}
