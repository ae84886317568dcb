import { printable } from './printable.ts'
import type { World } from './world.ts'

/** What a command has to say: to people, and to programs. */
export interface Printed {
  /** Lines for standard output. */
  readonly text: string
  /** The same for programs, as one JSON object. */
  readonly json: object
  /** What a person should know beside the result, on standard error. */
  readonly notes?: readonly string[]
}

/** The option of everything that prints. */
export interface JsonOption {
  readonly json?: true
}

/** Prints a result: one JSON object with `--json`, else text. Notes go to standard error in both cases. */
export function print(world: World, { json }: JsonOption, result: Printed): void {
  for (const text of result.notes ?? []) note(world, text)
  world.out(json === true ? `${JSON.stringify(result.json)}\n` : `${printable(result.text)}\n`)
}

/** Says something to the person, beside the output. */
export function note(world: World, text: string): void {
  world.err(`volact: ${printable(text)}\n`)
}
