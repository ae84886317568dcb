import type { FolderOptions } from '../options.ts'
import type { World } from '../world.ts'

/** What an option is asked to do. */
export interface Task {
  readonly options: FolderOptions
  readonly values: readonly string[]
  readonly world: World
  /** Says a line at once, before something that takes time; with `--json` nothing. */
  readonly say: (line: string) => void
}
