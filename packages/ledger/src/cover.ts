import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { segmentNumber } from './ledger-files.ts'
import { parseTilePath } from './tlog-tile.ts'

/** What vouches for a file: the tree, what stands at its own end, the other files it is made anew from, or nothing, because it is none of the ledger's. */
export type Cover = 'tree' | 'own-signature' | 'own-digest' | 'cache' | 'none'

/** A file of a ledger's folder, and what vouches for it (rule 30). */
export interface CoveredFile {
  /** Path below the folder, with slashes. */
  readonly name: string
  readonly cover: Cover
  /** A phrase for a person. */
  readonly note: string
}

/** Says for each file of a ledger's folder what vouches for it; the tiles, of which there are many, are one line. */
export function coverFolder(dir: string): readonly CoveredFile[] {
  const names = filesBelow(dir)
  const tiles = names.filter((name) => isTile(name))
  const others = names.filter((name) => !isTile(name)).map((name) => ({ name, ...coverOf(name) }))
  if (tiles.length === 0) return others
  const note = `${tiles.length} tiles of C2SP tlog-tiles, made from the tree`
  return [...others, { name: 'tlog/tile/', cover: 'cache', note }]
}

/** Names all files below a folder, with slashes, in order; those that go away meanwhile may be among them. */
export function filesBelow(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((found) => !found.isDirectory())
    .map((found) =>
      join(found.parentPath, found.name)
        .slice(dir.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
}

/** Size of a file; 0 where there is none. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

type What = Omit<CoveredFile, 'name'>

function coverOf(name: string): What {
  const [folder = '', file = ''] = name.split('/')
  if (name in known) return known[name] ?? foreign
  return name.split('/').length === 2 && segmentNumber(file) !== undefined ? (ofSegments[folder] ?? foreign) : foreign
}

function isTile(name: string): boolean {
  return name.startsWith('tlog/') && parseTilePath(name.slice('tlog/'.length)) !== undefined
}

const known: Readonly<Record<string, What>> = {
  'head.cose': { cover: 'own-signature', note: 'the newest signed checkpoint' },
  'tlog/checkpoint': { cover: 'own-signature', note: 'the newest signed note of C2SP tlog-checkpoint' },
  'erase.journal': { cover: 'own-digest', note: 'what is just being erased; the next start finishes it' },
  retained: { cover: 'own-digest', note: 'up to where retention has come' },
}

const ofSegments: Readonly<Record<string, What>> = {
  entries: { cover: 'tree', note: 'every entry is a leaf of the tree whose root the head signs' },
  details: { cover: 'tree', note: 'erasable; each record fits the digests in its entry' },
  tree: { cover: 'cache', note: 'nodes of the tree and places of the entries' },
  heads: { cover: 'cache', note: 'roots that were signed, by size' },
}

const foreign: What = { cover: 'none', note: 'not a file of the ledger' }
