import { parseToml, type PlainValue } from '@volact/client/policy/toml'

/** Where a key is to stand: in a table, or before the first one. */
interface Place {
  readonly table: readonly string[]
  readonly key: string
}

/**
 * Sets a key in the text of a TOML file, or takes it out where `value` is missing. Everything else stays as it was written, comments
 * and order included; a new key comes last in its table, a new table last in the file.
 */
export function editToml(text: string, place: Place, value: PlainValue | undefined): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const { tables, entries } = parseToml(text)
  const name = JSON.stringify(place.table)
  const found = entries.find(({ table, key }) => JSON.stringify(table) === name && key === place.key)
  if (found !== undefined) {
    const at = lineOf(found.where)
    const end = endOfEntry(lines, at)
    const kept = value === undefined ? [] : [`${place.key} = ${literal(value)}${commentOf(lines[end] ?? '')}`]
    return joined([...lines.slice(0, at), ...kept, ...lines.slice(end + 1)])
  }
  if (value === undefined) return text
  const line = `${place.key} = ${literal(value)}`
  const header = tables.find(({ table }) => JSON.stringify(table) === name)
  if (place.table.length > 0 && header === undefined) {
    const gap = lines.length === 0 ? [] : ['']
    return joined([...lines, ...gap, `[${place.table.map(nameOf).join('.')}]`, line])
  }
  const begin = header === undefined ? 0 : lineOf(header.where) + 1
  const next = tables.map(({ where }) => lineOf(where)).find((at) => at >= begin) ?? lines.length
  const last = lastWritten(lines, begin, next)
  const gap = header === undefined && last === 0 && lines.length > 0 ? [''] : []
  return joined([...lines.slice(0, last), line, ...gap, ...lines.slice(last)])
}

/** Writes a value as TOML reads it. */
export function literal(value: PlainValue): string {
  if (typeof value === 'object') return `[${value.map((item) => literal(item)).join(', ')}]`
  // What JSON escapes, TOML reads alike; JSON leaves DEL as it is, which TOML refuses.
  return typeof value === 'string' ? JSON.stringify(value).replaceAll('\u007f', '\\u007f') : String(value)
}

function lineOf(where: string): number {
  return Number(where.replace('line ', '')) - 1
}

/** Lists may go over several lines: their end is where the text up to there reads as TOML. */
function endOfEntry(lines: readonly string[], at: number): number {
  for (let end = at; end < lines.length; end += 1) {
    if (isToml(lines.slice(at, end + 1).join('\n'))) return end
  }
  return at
}

/** Whether a text is of the TOML that is read here. */
export function isToml(text: string): boolean {
  try {
    parseToml(text)
    return true
  } catch {
    return false
  }
}

/** A comment behind a value stays behind the new one. */
function commentOf(line: string): string {
  for (let at = line.indexOf('#'); at >= 0; at = line.indexOf('#', at + 1)) {
    const before = line.slice(0, at)
    // It is a comment if what stands before it is whole without it; of a list's last line, only the end is here.
    if (isToml(before) || /^\s*\]\s*$/.test(before)) return `  ${line.slice(at).trimEnd()}`
  }
  return ''
}

/** Blank lines and comments at the end of a table belong to the next one. */
function lastWritten(lines: readonly string[], begin: number, end: number): number {
  for (let at = end; at > begin; at -= 1) {
    if (!/^\s*(?:#.*)?$/.test(lines[at - 1] ?? '')) return at
  }
  return begin
}

function nameOf(part: string): string {
  return /^[A-Za-z0-9_-]+$/.test(part) ? part : JSON.stringify(part)
}

function joined(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}
