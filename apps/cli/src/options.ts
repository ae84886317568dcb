import { type Command, InvalidArgumentError } from 'commander'
import { defaultFolder } from '@volact/files/default-folder'
import type { Role } from '@volact/files/folder-label'
import { type JsonOption, note } from './output.ts'
import type { World } from './world.ts'

/** The options of every command that works on a data folder and prints something. */
export interface FolderOptions extends JsonOption {
  readonly dir?: string
}

/** Adds `--json`. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print one JSON object')
}

/** Adds `--dir` and `--json`. */
export function withFolder(command: Command, role: Role): Command {
  return withJson(command.option('--dir <dir>', `data folder of the ${role}`))
}

/** Names the data folder: the one of `--dir`, or the default one, and says so when that is only this account's. */
export function folderOf(role: Role, { dir }: FolderOptions, world: World): string {
  if (dir !== undefined) return dir
  const { path, scope } = defaultFolder(role, world.surroundings)
  if (scope === 'account') note(world, `without the rights of an administrator, the ${role}'s folder is ${path}`)
  return path
}

/** Reads a whole number from least to most. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`)
  }
}

/** Gathers an option that may be given several times. */
export function several(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text]
}
