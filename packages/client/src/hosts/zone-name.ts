import { domainToASCII } from 'node:url'
import { ActivationError } from '@volact/core/errors/activation-error'

/** Reads the name of a zone as people write it, with or without the dot at its end; anything else is `USAGE`. */
export function parseZone(text: string): string {
  const name = zoneName(text)
  if (name !== undefined) return name
  throw new ActivationError('USAGE', `"${text}" is no domain: write it like corp.example`)
}

/** The name in ASCII, lower case and without the dot at its end; nothing for what is no name of a zone. */
export function zoneName(text: string): string | undefined {
  const name = domainToASCII(text.trim().replace(/\.$/, '')).toLowerCase()
  return name.length <= longest && name.split('.').every((label) => isLabel.test(label)) ? name : undefined
}

/** Says whether a text can be one label in a name. */
export function isDnsLabel(text: string): boolean {
  return isLabel.test(text)
}

const isLabel = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i

/** What is put before a zone to ask for hosts must have room in 253 characters. */
const longest = 200
