import { excerpt } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { Names } from './toml-names.ts'

/** A value of the TOML that policy files are written in. */
export type PlainValue = string | boolean | number | readonly string[]

/** One `key = value` with the table that it stands in. */
export interface Entry {
  readonly table: readonly string[]
  readonly key: string
  readonly value: PlainValue
  /** For a person, such as "line 3". */
  readonly where: string
}

/** A table that is opened by `[name]`, which may have no entries. */
export interface TableHeader {
  readonly table: readonly string[]
  readonly where: string
}

export interface PlainToml {
  readonly tables: readonly TableHeader[]
  readonly entries: readonly Entry[]
}

/**
 * Reads a strict part of TOML 1.0: comments, tables, and keys with strings on one line, booleans, decimal integers and arrays of
 * strings. Whatever it reads, any TOML reader reads alike; anything else is `MALFORMED` with its line, also what TOML allows
 * (dotted keys, inline tables, dates, floats, text over several lines).
 */
export function parseToml(text: string): PlainToml {
  return new Reader(text).read()
}

class Reader {
  readonly #text: string
  #at = 0
  #line = 1
  #table: readonly string[] = []
  readonly #names = new Names()
  readonly #tables: TableHeader[] = []
  readonly #entries: Entry[] = []

  constructor(text: string) {
    this.#text = text
  }

  read(): PlainToml {
    while (this.#at < this.#text.length) {
      this.#take(/[ \t]*/y)
      if (this.#sees('[')) this.#header()
      else if (!/[#\r\n]|$/y.test(this.#peek())) this.#entry()
      this.#endOfLine()
    }
    return { tables: this.#tables, entries: this.#entries }
  }

  #header(): void {
    this.#expect('[')
    const table: string[] = []
    do {
      this.#take(/[ \t]*/y)
      table.push(this.#key())
      this.#take(/[ \t]*/y)
    } while (this.#skip('.'))
    this.#expect(']')
    if (!this.#names.open(table)) throw this.#wrong(`the table "${table.join('.')}" is there already`)
    this.#table = table
    this.#tables.push({ table, where: this.#where })
  }

  #entry(): void {
    const key = this.#key()
    this.#take(/[ \t]*/y)
    if (this.#sees('.')) throw this.#wrong('dotted keys are not read here: write a table')
    this.#expect('=')
    this.#take(/[ \t]*/y)
    if (!this.#names.add([...this.#table, key])) throw this.#wrong(`"${key}" is there already`)
    const where = this.#where
    this.#entries.push({ table: this.#table, key, value: this.#value(), where })
  }

  #key(): string {
    const bare = this.#take(/[A-Za-z0-9_-]+/y)
    return bare === '' ? this.#string('a name') : bare
  }

  #value(): PlainValue {
    if (this.#sees('[')) return this.#array()
    const word = this.#take(/(?:true|false|[+-]?(?:0|[1-9](?:_?[0-9])*))(?=[ \t]*(?:[#\r\n]|$))/y)
    if (word === 'true' || word === 'false') return word === 'true'
    return word === '' ? this.#string('a text, true, false, a whole number or a list of texts') : this.#integer(word)
  }

  #integer(word: string): number {
    const value = Number(word.replaceAll('_', ''))
    if (!Number.isSafeInteger(value)) throw this.#wrong(`${excerpt(word)} is too large`)
    return value === 0 ? 0 : value
  }

  #array(): readonly string[] {
    const items: string[] = []
    this.#expect('[')
    for (;;) {
      this.#blank()
      if (this.#skip(']')) return items
      items.push(this.#string('a text'))
      this.#blank()
      if (!this.#skip(',') && !this.#sees(']')) throw this.#wrong('expected a comma or "]"')
    }
  }

  /** A text on one line, in double quotes with escapes or in single quotes without. */
  #string(expected: string): string {
    const literal = this.#take(/'(?!'')(?:[^'\p{Cc}]|\t)*'/uy)
    if (literal !== '') return literal.slice(1, -1)
    const basic = this.#take(/"(?!"")(?:[^"\\\p{Cc}]|\t|\\.)*"/uy)
    if (basic !== '') return this.#unescape(basic.slice(1, -1))
    throw this.#wrong(`expected ${expected}`)
  }

  #unescape(text: string): string {
    return text.replace(
      /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/gu,
      (whole, short, long, one: string | undefined) => {
        const escaped = one === undefined ? scalar(String(short ?? long)) : escapes[one]
        if (escaped === undefined) throw this.#wrong(`${whole} is no escape`)
        return escaped
      },
    )
  }

  /** White space, comments and line ends, between the items of an array. */
  #blank(): void {
    for (;;) {
      this.#take(/[ \t]*/y)
      if (!this.#sees('#') && !/\r?\n/y.test(this.#peek())) return
      this.#endOfLine()
    }
  }

  #endOfLine(): void {
    this.#take(/[ \t]*/y)
    if (this.#skip('#')) this.#take(/(?:[^\p{Cc}]|\t)*/uy)
    if (this.#at === this.#text.length) return
    if (this.#take(/\r?\n/y) === '') throw this.#wrong('expected the end of the line')
    this.#line += 1
  }

  #peek(): string {
    return this.#text.slice(this.#at, this.#at + 2)
  }

  #sees(character: string): boolean {
    return this.#text.startsWith(character, this.#at)
  }

  #skip(character: string): boolean {
    const isThere = this.#sees(character)
    if (isThere) this.#at += character.length
    return isThere
  }

  #expect(character: string): void {
    if (!this.#skip(character)) throw this.#wrong(`expected "${character}"`)
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const [found = ''] = pattern.exec(this.#text) ?? []
    this.#at += found.length
    return found
  }

  get #where(): string {
    return `line ${String(this.#line)}`
  }

  #wrong(what: string): ActivationError {
    const rest = this.#text.slice(this.#at).split(/[\r\n]/, 1)[0] ?? ''
    const found = rest === '' ? 'at the end of the line' : `before "${excerpt(rest)}"`
    return new ActivationError('MALFORMED', `${this.#where}: ${what}, ${found}`)
  }
}

const escapes: Readonly<Record<string, string>> = {
  ...{ b: '\b', t: '\t', n: '\n', f: '\f', r: '\r' },
  ...{ '"': '"', '\\': '\\' },
}

/** A Unicode scalar value: half of a surrogate pair is none. */
function scalar(hexadecimal: string): string | undefined {
  const point = Number.parseInt(hexadecimal, 16)
  return point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? undefined : String.fromCodePoint(point)
}
