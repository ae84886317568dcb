import { ActivationError } from '@volact/core/errors/activation-error'
import { hideKeys, holdsKey } from './hidden-key.ts'
import { type OldOption, type Parameter, usageOf } from './option.ts'

/** An option as it was typed. */
export interface Typed<Option extends OldOption> {
  readonly option: Option
  readonly values: readonly string[]
}

/** Who reads the words: `slmgr` or `ospp`, and what it knows. */
export interface OldCommand<Option extends OldOption> {
  readonly name: string
  readonly options: readonly Option[]
}

/**
 * Reads the words of an old command: one option, in any case, after `/` or `-`, its first value after `:` or a space.
 * Nothing when help is asked for. `USAGE` for all else, without repeating a key or a password.
 */
export function parseWords<Option extends OldOption>(
  words: readonly string[],
  command: OldCommand<Option>,
): Typed<Option> | undefined {
  const [first, ...rest] = words
  if (first === undefined) return undefined
  const typed = asOption(first)
  if (typed === undefined) throw usage(command, remote)
  if (helpNames.includes(typed.name)) return undefined
  const option = command.options.find(({ name }) => name === typed.name)
  if (option === undefined) throw usage(command, `${unknown(typed.name)}; "volact ${command.name} /?" lists them all`)
  const values = [...typed.values, ...rest].filter((value) => value !== '')
  checkNumber(command, option, values)
  checkKeys(command, option, values)
  return { option, values }
}

/** What is longer than any option may be one that a key has run into. */
function unknown(name: string): string {
  return name.length > longestName ? 'there is no such option' : `there is no option /${name}`
}

const longestName = 24
const helpNames = ['?', 'help', 'h']

const remote =
  'an option begins with / or -, and other machines are not reached from here: log in there with ssh and run it there, or use the console of the host'

function asOption(word: string): { readonly name: string; readonly values: readonly string[] } | undefined {
  // Word processors make a dash of the hyphen.
  const [, name, value] = /^(?:\/|--?|[\u2013\u2014\u2212])([^:]+)(?::(.*))?$/s.exec(word) ?? []
  if (name === undefined) return undefined
  return { name: name.toLowerCase(), values: value === undefined ? [] : [value] }
}

function checkNumber<Option extends OldOption>(
  command: OldCommand<Option>,
  option: OldOption,
  { length }: readonly string[],
): void {
  const { parameters } = option
  const least = parameters.filter(({ takes }) => takes === 'one').length
  const most = parameters.some(({ takes }) => takes === 'any number') ? Infinity : parameters.length
  if (length < least) throw usage(command, `/${option.name} needs a value: write ${usageOf(option)}`)
  if (length > most) throw usage(command, `too many values for /${option.name}: write ${usageOf(option)}; ${remote}`)
}

/** Where a key does not belong it is refused before anybody repeats it: it may be a host key, which is a secret. */
function checkKeys<Option extends OldOption>(
  command: OldCommand<Option>,
  option: OldOption,
  values: readonly string[],
): void {
  const misplaced = values.find((value, place) => holdsKey(value) && parameterAt(option, place)?.name !== 'KEY')
  if (misplaced === undefined) return
  throw usage(command, `${hideKeys(misplaced)} looks like a product key, which is no value of ${usageOf(option)}`)
}

function parameterAt({ parameters }: OldOption, place: number): Parameter | undefined {
  return parameters[place]
}

function usage<Option extends OldOption>({ name }: OldCommand<Option>, message: string): ActivationError {
  return new ActivationError('USAGE', `${name}: ${message}`)
}
