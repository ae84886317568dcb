import { advancedOptions } from './advanced-options.ts'
import { clientOptions } from './client-options.ts'
import { directoryOptions } from './directory-options.ts'
import { globalOptions } from './global-options.ts'
import { hostOptions } from './host-options.ts'
import type { OldOption, OptionSection } from './option.ts'
import { tokenOptions } from './token-options.ts'

/** Every option of slmgr, in the order of its own help. */
export const slmgrSections: readonly OptionSection[] = [
  globalOptions,
  advancedOptions,
  clientOptions,
  hostOptions,
  tokenOptions,
  directoryOptions,
]

/** The same without the sections. */
export const slmgrOptions: readonly OldOption[] = slmgrSections.flatMap(({ options }) => options)
