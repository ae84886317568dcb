import { ActivationError } from '@volact/core/errors/activation-error'
import { type AuthorityOptions, openAuthority } from './authority.ts'
import { type AuthorityCommands, commandsOf } from './service/commands.ts'

/**
 * Runs something with the authority of a folder: by itself where nobody holds the folder, else through the socket of the
 * service that does. The one way for the command line.
 */
export async function withAuthority<T>(
  options: AuthorityOptions,
  run: (authority: AuthorityCommands) => Promise<T>,
): Promise<T> {
  const authority = await openUnlessHeld(options)
  if (authority === undefined) return run(commandsOf(options.dir))
  try {
    return await run(authority)
  } finally {
    await authority.close()
  }
}

async function openUnlessHeld(
  options: AuthorityOptions,
): Promise<Awaited<ReturnType<typeof openAuthority>> | undefined> {
  try {
    return await openAuthority(options)
  } catch (error) {
    if (error instanceof ActivationError && error.code === 'FOLDER_IN_USE') return undefined
    throw error
  }
}
