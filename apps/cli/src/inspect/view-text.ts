import type { View } from './view.ts'

/** Writes a view as indented lines for people: `activationMinutes` becomes `activation minutes`. */
export function viewText(view: View, indent = ''): string {
  if (typeof view !== 'object' || view === null) return `${indent}${String(view)}`
  if (isList(view)) return view.map((item, index) => listItem(item, index, indent)).join('\n')
  return Object.entries(view)
    .map(([name, value]) => field(words(name), value, indent))
    .join('\n')
}

function field(label: string, value: View, indent: string): string {
  if (isPlain(value)) return `${indent}${label}: ${inLine(value)}`
  return `${indent}${label}:\n${viewText(value, `${indent}  `)}`
}

function listItem(item: View, index: number, indent: string): string {
  return field(String(index + 1), item, indent)
}

/** Whether a value stands on the line of its label. */
function isPlain(value: View): boolean {
  if (typeof value !== 'object' || value === null) return true
  const items = isList(value) ? value : Object.values(value)
  return items.every((item) => typeof item !== 'object' || item === null) && (isList(value) || items.length === 0)
}

function inLine(value: View): string {
  if (typeof value !== 'object' || value === null) return value === '' || value === null ? '-' : String(value)
  const items = isList(value) ? value : []
  return items.length === 0 ? '-' : items.map(inLine).join(', ')
}

function isList(view: View): view is readonly View[] {
  return Array.isArray(view)
}

function words(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
