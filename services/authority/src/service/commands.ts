import { decodeBase64, encodeBase64 } from '@volact/core/bytes'
import type { Catalog } from '@volact/core/catalog/catalog'
import { ActivationError } from '@volact/core/errors/activation-error'
import { askControl } from '@volact/files/control-socket'
import type { StarterOptions } from '../authority.ts'
import type { IssuedKey, KeyOrder } from '../keys/issue-key.ts'
import type { ListedKey } from '../keys/list-keys.ts'
import type { RespondedFile } from '../renewal/respond-file.ts'
import type { AppliedCatalog } from '../packs/apply-catalog.ts'

/** What the owner of a folder can ask of its authority, whether it is running or not. */
export interface AuthorityCommands {
  applyCatalog(path: string): Promise<AppliedCatalog>
  issueKey(order: KeyOrder): Promise<IssuedKey>
  listKeys(): Promise<readonly ListedKey[]>
  blockKey(reference: string): Promise<ListedKey>
  unblockKey(reference: string): Promise<ListedKey>
  exportPack(): Promise<Uint8Array>
  exportStarter(options?: StarterOptions): Promise<Uint8Array>
  respond(file: Uint8Array): Promise<RespondedFile>
}

/** A command as it goes through the socket, in JSON. Both sides are the same owner's; a version apart is `NOT_SUPPORTED`. */
type Command =
  | { readonly verb: 'store-catalog'; readonly catalog: Catalog }
  | { readonly verb: 'issue-key'; readonly order: KeyOrder }
  | { readonly verb: 'list-keys' }
  | { readonly verb: 'block-key' | 'unblock-key'; readonly reference: string }
  | { readonly verb: 'export-pack' }
  | { readonly verb: 'export-starter'; readonly options: StarterOptions }
  | { readonly verb: 'respond'; readonly file: string }

type Served = Omit<AuthorityCommands, 'applyCatalog'> & { storeCatalog(catalog: Catalog): Promise<AppliedCatalog> }

/** Carries out a command that came through the socket; what is returned is JSON. */
export async function handleCommand(authority: Served, question: unknown): Promise<unknown> {
  const command = question as Command
  switch (command.verb) {
    case 'store-catalog':
      return authority.storeCatalog(command.catalog)
    case 'issue-key':
      return authority.issueKey(command.order)
    case 'list-keys':
      return authority.listKeys()
    case 'block-key':
      return authority.blockKey(command.reference)
    case 'unblock-key':
      return authority.unblockKey(command.reference)
    case 'export-pack':
      return encodeBase64(await authority.exportPack())
    case 'export-starter':
      return encodeBase64(await authority.exportStarter(command.options))
    case 'respond': {
      const responded = await authority.respond(decodeBase64(command.file))
      return { ...responded, file: encodeBase64(responded.file) }
    }
  }
  throw new ActivationError(
    'NOT_SUPPORTED',
    'the running authority does not know this command: restart it to update it',
  )
}

/** Gives the commands of an authority that runs on the folder. The catalog is read here, with the rights of who asks. */
export function commandsOf(dir: string): AuthorityCommands {
  const ask = (command: Command): Promise<unknown> => askRunning(dir, command)
  const bytes = async (command: Command): Promise<Uint8Array> => decodeBase64((await ask(command)) as string)
  return {
    applyCatalog: async (path) => {
      const { readCatalogFile } = await import('../catalog/catalog-file.ts')
      return (await ask({ verb: 'store-catalog', catalog: readCatalogFile(path) })) as AppliedCatalog
    },
    issueKey: async (order) => (await ask({ verb: 'issue-key', order })) as IssuedKey,
    listKeys: async () => (await ask({ verb: 'list-keys' })) as readonly ListedKey[],
    blockKey: async (reference) => (await ask({ verb: 'block-key', reference })) as ListedKey,
    unblockKey: async (reference) => (await ask({ verb: 'unblock-key', reference })) as ListedKey,
    exportPack: () => bytes({ verb: 'export-pack' }),
    exportStarter: (options = {}) => bytes({ verb: 'export-starter', options }),
    respond: async (file) => {
      const answer = await ask({ verb: 'respond', file: encodeBase64(file) })
      const responded = answer as Omit<RespondedFile, 'file'> & { readonly file: string }
      return { ...responded, file: decodeBase64(responded.file) }
    },
  }
}

async function askRunning(dir: string, command: Command): Promise<unknown> {
  const reply = await askControl(dir, command)
  if (reply !== undefined) return reply.answer
  throw new ActivationError(
    'FOLDER_IN_USE',
    `another command is working on ${dir}: wait until it is done and try again`,
  )
}
