import type { AuthorityCommands } from '@volact/authority/service/commands'
import { type FolderOptions, folderOf } from './options.ts'
import type { World } from './world.ts'

/** Runs something with the authority of a folder, through the service that runs on it or without one. */
export async function onAuthority<T>(
  options: FolderOptions,
  world: World,
  run: (authority: AuthorityCommands) => Promise<T>,
): Promise<T> {
  const { withAuthority } = await import('@volact/authority/with-authority')
  return withAuthority({ dir: folderOf('authority', options, world), now: world.now }, run)
}
