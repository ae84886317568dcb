/** One option of the old commands: who may use it, what it does here, and whether it does it yet. */
export interface OldOption {
  /** As it is typed, without the slash and in small letters. */
  readonly name: string
  readonly parameters: readonly Parameter[]
  /** What it does here, in words that begin with a verb; of an option without a counterpart, what it did. */
  readonly does: string
  /** Who could use it in the old command. */
  readonly elevated: Elevation
  readonly standing: Standing
  /** What does it, where that has another name. */
  readonly verb?: string
}

export interface Parameter {
  readonly name: string
  readonly takes: 'one' | 'one or none' | 'any number'
}

/**
 * An administrator, or anybody; `unless set`: anybody, too, where the value `UserOperations` is set; `online`: an administrator,
 * unless the key is a setup key; `container`: who may write into a container of the directory.
 */
export type Elevation = 'yes' | 'no' | 'unless set' | 'online' | 'container'

/** What has become of an option. */
export type Standing =
  | Connected
  /** There is nothing to do, which is a success. */
  | { readonly kind: 'nothing-to-do'; readonly why: string }
  /** Its engine comes in a later version: `needs` says what that is. */
  | { readonly kind: 'not-yet'; readonly needs: string }
  | { readonly kind: 'no-counterpart'; readonly why: string }

/** It works: on a client, on a host, or on both, by the commands that it equals. */
export interface Connected {
  readonly kind: 'connected'
  readonly client?: string
  readonly host?: string
}

/** The part of the options that a help text shows together. */
export interface OptionSection<Option extends OldOption = OldOption> {
  readonly title: string
  readonly options: readonly Option[]
}

/** Writes an option with its parameters: `/dlv [ActID …|All]`. */
export function usageOf({ name, parameters }: Pick<OldOption, 'name' | 'parameters'>, joint = ' '): string {
  return parameters.reduce(
    (usage, parameter, place) => usage + (place === 0 ? joint : ' ') + written(parameter),
    `/${name}`,
  )
}

function written({ name, takes }: Parameter): string {
  if (takes === 'one') return `<${name}>`
  return takes === 'one or none' ? `[${name}]` : `[${name} …]`
}
