/** A tile: its level, its place on that level, and how many of its 256 hashes it has. */
export interface Tile {
  readonly level: number
  readonly number: number
  /** 1 to 256; less than 256 is a partial tile. */
  readonly width: number
}

/** Number of hashes in a full tile. */
export const tileWidth = 256

/** Gives the path of a tile below the prefix of a log (C2SP tlog-tiles): groups of three digits, all but the last with an x. */
export function tilePath({ level, number, width }: Tile): string {
  return `tile/${level}/${groups(number)}${width === tileWidth ? '' : `.p/${width}`}`
}

/** Gives the path of a bundle of entries. */
export function bundlePath(number: number, width: number): string {
  return `tile/entries/${groups(number)}${width === tileWidth ? '' : `.p/${width}`}`
}

/** Reads the path of a tile; nothing for any other name. */
export function parseTilePath(path: string): Tile | undefined {
  const [, level, digits, width] = /^tile\/(\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path) ?? []
  if (level === undefined || digits === undefined) return undefined
  const tile = {
    level: Number(level),
    number: Number(digits.replaceAll(/[x/]/g, '')),
    width: Number(width ?? tileWidth),
  }
  return tilePath(tile) === path && tile.width > 0 ? tile : undefined
}

/** Names the tiles of a tree of a size, but for the full ones that a tree of an earlier size had already. */
export function* tilesOf(size: number, earlier: number): Generator<Tile> {
  for (let level = 0, hashes = size, before = earlier; hashes > 0; level += 1) {
    const full = Math.floor(hashes / tileWidth)
    for (let number = Math.floor(before / tileWidth); number < full; number += 1)
      yield { level, number, width: tileWidth }
    if (hashes % tileWidth > 0) yield { level, number: full, width: hashes % tileWidth }
    hashes = full
    before = Math.floor(before / tileWidth)
  }
}

function groups(number: number): string {
  const digits = String(number)
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  const parts = padded.match(/\d{3}/g) ?? []
  return parts.map((part, at) => (at === parts.length - 1 ? part : `x${part}`)).join('/')
}
