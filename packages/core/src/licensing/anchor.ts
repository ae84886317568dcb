import { excerpt } from '../bytes.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { sha256 } from '../crypto.ts'
import { type Component, presentComponent } from './component.ts'

/** What an anchor is made of. */
export interface AnchorSource {
  readonly vendorId: string
  readonly systemUuid: Component
  readonly boardSerial: Component
  readonly diskSerial: Component
  readonly virtual: boolean
  /** Thumbprint of the device key, 32 bytes: what is left where no hardware can be read. */
  readonly machineId: Uint8Array
}

/** The digest that a machine is counted on. */
export interface Anchor {
  /** 32 bytes. */
  readonly anchor: Uint8Array
  /** Too little was found to tell this machine from others. */
  readonly weak: boolean
  /** For a weak anchor, a phrase for each component that is missing; else empty. */
  readonly why: readonly string[]
}

/**
 * Computes the anchor (rule 34): SHA-256 over the deterministic CBOR array of vendor ID, system UUID, board serial and
 * system-disk serial, trimmed and in lower case, with null for what is absent or a placeholder. Fewer than two present
 * is weak, but on a virtual machine a UUID alone is strong. Where nothing is present, the anchor is the machine ID and
 * weak: a digest of nothing would be shared by all such machines, and with it their grace and their history.
 */
export function anchorOf(source: AnchorSource): Anchor {
  const read = [source.systemUuid, source.boardSerial, source.diskSerial]
  const components = read.map(presentComponent)
  const found = components.filter((component) => component !== undefined).length
  const weak = found < 2 && !(source.virtual && components[0] !== undefined)
  return {
    anchor: found === 0 ? source.machineId.slice() : digest(source.vendorId, components),
    weak,
    why: weak ? missing(source) : [],
  }
}

function digest(vendorId: string, components: readonly Component[]): Uint8Array {
  return sha256(encodeCbor([vendorId, ...components.map((component) => component ?? null)]))
}

function missing({ systemUuid, boardSerial, diskSerial }: AnchorSource): readonly string[] {
  const named = { 'system UUID': systemUuid, 'board serial number': boardSerial, 'disk serial number': diskSerial }
  return Object.entries(named)
    .filter(([, component]) => presentComponent(component) === undefined)
    .map(([name, component]) =>
      component?.trim() ? `${name} is a placeholder: "${excerpt(component)}"` : `no ${name}`,
    )
}
