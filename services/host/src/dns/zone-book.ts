import { dirname } from 'node:path'
import type { KnownZone } from './acts.ts'
import { type DnsMemory, readMemory, writeMemory, type ZoneMemory } from './memory.ts'

/** What a host remembers of DNS. Each change is durable when it returns. */
export class ZoneBook {
  readonly #path: string
  #memory: DnsMemory

  constructor(path: string, note: (text: string) => void) {
    this.#path = path
    this.#memory = readMemory(path, note)
  }

  /** The folder of the host. */
  get dir(): string {
    return dirname(this.#path)
  }

  get memory(): DnsMemory {
    return this.#memory
  }

  /** What is remembered of a zone that is known by its settings. */
  of({ entry, from }: KnownZone): ZoneMemory {
    return this.#memory.zones.get(entry.id) ?? { settings: entry.settings, from, published: [] }
  }

  keepPort(port: number): void {
    if (port !== this.#memory.port) this.#keep({ ...this.#memory, port })
  }

  keep(id: string, zone: ZoneMemory): void {
    this.#keep({ ...this.#memory, zones: new Map(this.#memory.zones).set(id, zone) })
  }

  forget(id: string): void {
    const zones = new Map(this.#memory.zones)
    if (zones.delete(id)) this.#keep({ ...this.#memory, zones })
  }

  #keep(memory: DnsMemory): void {
    writeMemory(this.#path, memory)
    this.#memory = memory
  }
}
