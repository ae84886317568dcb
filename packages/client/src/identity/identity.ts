import { statSync } from 'node:fs'
import { equal } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type DeviceKey, readDeviceKey, replaceDeviceKey } from '../folder/device-key.ts'

/**
 * Who this machine is, for as long as nobody makes it another one: this program, or another one that has the folder open, too. So it
 * is looked at anew whenever it is used for something that lasts.
 */
export class Identity {
  readonly #path: string
  #key: DeviceKey
  #version: string
  #isElsewhere = false

  constructor(path: string, key: DeviceKey) {
    this.#path = path
    this.#key = key
    this.#version = versionOf(path)
  }

  /** The key as it was last read. */
  get key(): DeviceKey {
    return this.#key
  }

  /** Reads the key again if its file is another one now. A file that is gone or damaged changes nothing here. */
  refresh(): void {
    const version = versionOf(this.#path)
    if (version === this.#version || version === '') return
    try {
      this.#key = readDeviceKey(this.#path)
      this.#version = version
      this.#isElsewhere = false
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
    }
  }

  /** Whether the hardware is another machine's, and nobody could yet make this one its own. */
  get isElsewhere(): boolean {
    return this.#isElsewhere
  }

  /** Notes that the hardware is another machine's: what is bound to the key is not to be used here. */
  findElsewhere(): void {
    this.#isElsewhere = true
  }

  /** Notes that the hardware is this machine's. */
  findHere(): void {
    this.#isElsewhere = false
  }

  /** Makes this another machine. The folder's lock is held. */
  replace(): void {
    this.#key = replaceDeviceKey(this.#path)
    this.#version = versionOf(this.#path)
    this.#isElsewhere = false
  }

  /** Says whether a machine ID is still this machine's; a folder that was prepared as an image has none. */
  isStill(machineId: Uint8Array): boolean {
    this.refresh()
    return versionOf(this.#path) !== '' && equal(machineId, this.#key.machineId)
  }
}

/** Changes whenever another file is put in its place, as all our writing does. */
function versionOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? '' : [stat.ino, stat.mtimeNs, stat.size].join(':')
}
