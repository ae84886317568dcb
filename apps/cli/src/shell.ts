import type { World } from './world.ts'

/** What a command is given beside its own arguments. */
export interface Shell {
  readonly world: World
  /** Sets the exit status with which the command ends when it does not fail. */
  readonly endWith: (status: number) => void
}
