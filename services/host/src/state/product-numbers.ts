import { applicationOf } from '@volact/core/catalog/applications'
import type { Catalog } from '@volact/core/catalog/catalog'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { uuidLength } from '@volact/core/document/limits'
import { noApplication } from './contacts.ts'

const mostProducts = 0xffff

/** Numbers for the products of a ledger: those of the catalog, and those that it had once. Only the ledger's own entries add to them. */
export class ProductNumbers {
  readonly #ids: Uint8Array[]
  readonly #applications: number[]

  constructor(catalog: Catalog) {
    if (catalog.applications.length >= noApplication) {
      throw new Error(`a host counts for ${noApplication - 1} applications at most`)
    }
    this.#ids = catalog.products.map(({ activationId }) => uuidToBytes(activationId))
    this.#applications = catalog.products.map((product) =>
      catalog.applications.indexOf(applicationOf(catalog, product)),
    )
  }

  get ids(): readonly Uint8Array[] {
    return this.#ids
  }

  /** The number of the product whose activation ID stands at an offset; −1 for one that is not known. */
  find(bytes: Uint8Array, at: number): number {
    const ids = this.#ids
    for (let number = 0; number < ids.length; number += 1) if (isAt(ids[number], bytes, at)) return number
    return -1
  }

  /** The number of a product, a new one if need be. */
  numberOf(id: Uint8Array): number {
    const known = this.find(id, 0)
    if (known !== -1) return known
    if (this.#ids.length > mostProducts) throw new Error(`a ledger has ${mostProducts} products at most`)
    this.#applications.push(noApplication)
    return this.#ids.push(id.slice()) - 1
  }

  /** The place in the catalog of a product's application, or `noApplication`. */
  application(number: number): number {
    return this.#applications[number] ?? noApplication
  }
}

function isAt(id: Uint8Array | undefined, bytes: Uint8Array, at: number): boolean {
  for (let position = 0; position < uuidLength; position += 1) {
    if (id?.[position] !== bytes[at + position]) return false
  }
  return true
}
