import type { PlainValue } from '@volact/client/policy/toml'

/** One thing that an administrator can set, with all that is to be known of it. */
export interface Setting<T> {
  /** What it sets, in words that begin with a noun. */
  readonly says: string
  /** What may be written, for a person. */
  readonly values: string
  /** What holds where nothing is set. */
  readonly usual: T
  /** How a file writes it; an environment variable and a flag are text, and are read as this. */
  readonly written: 'text' | 'number' | 'switch' | 'list'
  /** When a running host takes a change: after `reload`, or only when it is started again. */
  readonly takes: 'reload' | 'restart'
  /** Makes of what is written what is meant, or says what is wrong with it. */
  readonly read: (value: PlainValue) => Read<T>
}

/** A value that was understood, or what is wrong with it: a phrase that goes on from "it is". */
export type Read<T> = { readonly value: T } | { readonly problem: string }

/** What all settings say of themselves. */
export type Described = Pick<Setting<unknown>, 'says' | 'takes'>

/** One of some words. */
export function choice<const T extends string>(words: readonly T[], usual: T, about: Described): Setting<T> {
  return {
    ...about,
    ...{ usual, written: 'text', values: words.map((word) => `"${word}"`).join(', ') },
    read: (value) => {
      const word = words.find((candidate) => candidate === value)
      return word === undefined ? { problem: `not one of ${words.join(', ')}` } : { value: word }
    },
  }
}

/** `true` or `false`. */
export function onOff(usual: boolean, about: Described): Setting<boolean> {
  return {
    ...about,
    ...{ usual, written: 'switch', values: 'true or false' },
    read: (value) => (typeof value === 'boolean' ? { value } : { problem: 'neither true nor false' }),
  }
}

/** A whole number within bounds. */
export function wholeNumber(
  { least, most, usual }: { readonly least: number; readonly most: number; readonly usual: number },
  about: Described,
): Setting<number> {
  return { ...optionalNumber({ least, most }, about), usual } as Setting<number>
}

/** A whole number within bounds, or nothing. */
export function optionalNumber(
  { least, most }: { readonly least: number; readonly most: number },
  about: Described,
): Setting<number | undefined> {
  return {
    ...about,
    ...{ usual: undefined, written: 'number', values: `${least} to ${most}` },
    read: (value) =>
      typeof value === 'number' && value >= least && value <= most
        ? { value }
        : { problem: `no whole number from ${least} to ${most}` },
  }
}

/** A text that `parse` understands, or nothing. `values` says what it understands. */
export function parsed<T>(
  parse: (text: string) => T | undefined,
  { values, usual, ...about }: Described & { readonly values: string; readonly usual: T },
): Setting<T> {
  return {
    ...about,
    ...{ usual, written: 'text', values },
    read: (value) => {
      const meant = typeof value === 'string' ? parse(value) : undefined
      return meant === undefined ? { problem: `not ${values}` } : { value: meant }
    },
  }
}

/** The path of a file, or nothing. A relative one is taken from the host's folder. */
export function filePath(about: Described): Setting<string | undefined> {
  return parsed<string | undefined>((text) => (text === '' || text.includes('\0') ? undefined : text), {
    ...about,
    ...{ values: 'the path of a file', usual: undefined },
  })
}

/** Reads a text of the environment or of a command line as a file would write it; nothing where it cannot be that. */
export function plainValueOf(text: string, { written }: Pick<Setting<unknown>, 'written'>): PlainValue {
  switch (written) {
    case 'number':
      return /^\d{1,15}$/.test(text) ? Number(text) : text
    case 'switch':
      return text === 'true' || (text === 'false' ? false : text)
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')
    case 'text':
      return text
  }
}
