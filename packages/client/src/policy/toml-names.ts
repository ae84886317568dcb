/** TOML lets every table be opened once, and every name mean one thing. */
export class Names {
  readonly #opened = new Set<string>()
  readonly #tables = new Set<string>()
  readonly #keys = new Set<string>()

  /** Opens a table; false where it is open, or a part of its name is a key. */
  open(table: readonly string[]): boolean {
    const path = write(table)
    const above = table.map((_, i) => write(table.slice(0, i + 1)))
    if (this.#opened.has(path) || above.some((name) => this.#keys.has(name))) return false
    this.#opened.add(path)
    for (const name of above) this.#tables.add(name)
    return true
  }

  /** Adds a key; false where something has its name. */
  add(key: readonly string[]): boolean {
    const path = write(key)
    if (this.#keys.has(path) || this.#tables.has(path)) return false
    this.#keys.add(path)
    return true
  }
}

function write(path: readonly string[]): string {
  return JSON.stringify(path)
}
