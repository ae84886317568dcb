import { decodeBase64 } from '@volact/core/bytes'
import { noUid, proofNonceLengths } from '@volact/core/document/agent-proof'
import { WrongRequest } from './local/answer.ts'

type Fields = ReadonlyMap<string, unknown>

/** The longest text of a field, in UTF-16 code units. */
const textLimit = 300

/** A text; anything else is refused. */
export function textField(fields: Fields, name: string): string {
  const value = fields.get(name)
  if (typeof value === 'string' && value !== '' && value.length <= textLimit) return value
  throw wrongField(`"${name}" must be a text of at most ${textLimit} characters`)
}

/** A text under its name, or nothing. */
export function optionalText<Name extends string>(fields: Fields, name: Name): Readonly<Partial<Record<Name, string>>> {
  return (fields.has(name) ? { [name]: textField(fields, name) } : {}) as Readonly<Partial<Record<Name, string>>>
}

/** One of several texts. */
export function choiceField<Choice extends string>(fields: Fields, name: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === fields.get(name))
  if (found !== undefined) return found
  throw wrongField(`"${name}" must be one of ${choices.join(', ')}`)
}

/** True or false. */
export function switchField(fields: Fields, name: string): boolean {
  const value = fields.get(name)
  if (typeof value === 'boolean') return value
  throw wrongField(`"${name}" must be true or false`)
}

/** A nonce: base64url without padding (RFC 4648 §5). */
export function nonceField(fields: Fields, name: string): Uint8Array {
  const nonce = decodeBase64Url(textField(fields, name))
  const { least, most } = proofNonceLengths
  if (nonce !== undefined && nonce.length >= least && nonce.length <= most) return nonce
  throw wrongField(`"${name}" must be base64url without padding of ${least} to ${most} bytes`)
}

/** The number of an account. */
export function accountField(fields: Fields, name: string): number {
  const value = fields.get(name)
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= noUid) return value
  throw wrongField(`"${name}" must be the number of the account that asks, or ${noUid} where accounts have none`)
}

/** A field that is not known is a mistake: what was meant by it would not happen. */
export function refuseOthers(fields: Fields, known: readonly string[]): void {
  const other = [...fields.keys()].find((name) => !known.includes(name))
  if (other !== undefined) throw wrongField(`a field is not known here; known are: ${known.join(', ') || 'none'}`)
}

function decodeBase64Url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined
  const padded = text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .padEnd(Math.ceil(text.length / 4) * 4, '=')
  try {
    return decodeBase64(padded)
  } catch {
    return undefined
  }
}

/** Says what is wrong with the fields of a request. */
export function wrongField(message: string): WrongRequest {
  return new WrongRequest(400, 'USAGE', message)
}
