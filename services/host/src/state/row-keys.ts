import { flag, type Rows, word } from './rows.ts'
import type { RowKeys } from './slots.ts'

/** Moves the digest of a machine or an anchor to where one application, or one kind of machine, has it. */
export function mixed(low: number, kind: number): number {
  return (low + Math.imul(kind, 0x9e3779b1)) >>> 0
}

/** An anchor of an application, physical machines and virtual ones apart: a kind of what `mixed` takes. */
export function anchorKind(application: number, isVirtual: boolean): number {
  return 2 * application + (isVirtual ? 1 : 0)
}

/** The rows by machine and application. */
export class MachineKeys implements RowKeys {
  readonly #rows: Rows

  constructor(rows: Rows) {
    this.#rows = rows
  }

  low(row: number): number {
    return mixed(this.#rows.get(row, word.machine), this.#rows.application(row))
  }

  high(row: number): number {
    return this.#rows.get(row, word.machineHigh)
  }
}

/** The rows by anchor, application and kind of machine. */
export class AnchorKeys implements RowKeys {
  readonly #rows: Rows

  constructor(rows: Rows) {
    this.#rows = rows
  }

  low(row: number): number {
    const rows = this.#rows
    return mixed(rows.get(row, word.anchor), anchorKind(rows.application(row), rows.has(row, flag.virtual)))
  }

  high(row: number): number {
    return this.#rows.get(row, word.anchorHigh)
  }
}
