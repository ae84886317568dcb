import { join } from 'node:path'

/** The folder of the repository. */
export const repositoryFolder: string = join(import.meta.dirname, '..', '..')

/** Where compiled programs, prepared machines and ledgers are kept between runs; git ignores it. */
export const cacheFolder: string = join(repositoryFolder, '.cache', 'bench')
