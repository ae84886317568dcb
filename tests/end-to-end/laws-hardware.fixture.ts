import type { HardwareFacts } from '@volact/client/hardware/hardware-facts'

/** The hardware of a machine of its own. */
export function newHardware(virtual: boolean): HardwareFacts {
  const machine = { virtual, container: false, hostname: 'machine', os: 'linux', addresses: ['192.0.2.2'] }
  const serials = { systemUuid: crypto.randomUUID(), boardSerial: undefined, diskSerial: undefined }
  return withNewParts({ ...machine, ...serials, components: Array.from({ length: 10 }) }, allPlaces)
}

/** Places of all components in the vector. */
export const allPlaces: readonly number[] = Array.from({ length: 10 }).map((_, place) => place)

/** Exchanges components by their places; the first brings the serial number of the disk, the second that of the board. */
export function withNewParts(hardware: HardwareFacts, places: readonly number[]): HardwareFacts {
  const part = crypto.randomUUID()
  return {
    ...hardware,
    components: hardware.components.map((old, place) => (places.includes(place) ? `${part} ${String(place)}` : old)),
    ...(places.includes(0) && { diskSerial: `disk ${part}` }),
    ...(places.includes(1) && { boardSerial: `board ${part}` }),
  }
}
