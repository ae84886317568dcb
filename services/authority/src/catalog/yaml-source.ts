import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import type { Path } from '@volact/core/catalog/entry'

/** A place in a text; lines and columns count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Something that is no YAML, or more YAML than a catalog needs. */
export interface YamlProblem extends Position {
  readonly message: string
}

/** A YAML text as plain data, with the way back from a path in the data to its place in the text. */
export interface YamlSource {
  /** Nothing when the problems leave no sense in it. */
  readonly content?: { readonly value: unknown }
  readonly problems: readonly YamlProblem[]
  /** The place of a key or list entry; of the innermost one around it, when it is missing. */
  readonly locate: (path: Path) => Position
}

/** Deeper than any catalog; it keeps what walks the tree from running out of stack. */
const deepest = 32

/**
 * Reads one document of YAML 1.2, core schema, and all that is wrong with it. Aliases are refused, because a few lines of
 * them unfold to gigabytes; so are keys that are no text, and tags.
 */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter()
  const options = { version: '1.2', schema: 'core', prettyErrors: false, strict: true, uniqueKeys: true } as const
  const document = parseDocument(text, { ...options, lineCounter: lines })
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const mistakes = depthFirst([...syntaxMistakes(document), ...needlessParts(document)])
  const isReadable = mistakes.every(({ code }) => code === 'DUPLICATE_KEY')
  return {
    ...(isReadable ? { content: { value: document.toJS() as unknown } } : {}),
    problems: mistakes.map(({ offset, message }) => ({ ...at(offset), message })),
    locate: (path) => at(offsetOf(document.contents, path, 0)),
  }
}

interface Mistake {
  readonly code: string
  readonly offset: number
  readonly message: string
}

/** The library's own words where they help a vendor, ours where they speak of its functions or its insides. */
const ourWords: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key stands twice in its section: remove one of them',
  MULTIPLE_DOCS: 'a second document begins here: a catalog is one document, so remove the line of hyphens',
  TAB_AS_INDENT: 'a tab cannot indent: use spaces',
  TAG_RESOLVE_FAILED: 'tags, the words after an exclamation mark, are not used in a catalog: remove it',
}

function syntaxMistakes({ errors, warnings }: Document): readonly Mistake[] {
  return [...errors, ...warnings].map(({ code, message, pos: [offset] }) => {
    if (code === 'RESOURCE_EXHAUSTION') return tooDeep(offset)
    return { code, offset, message: ourWords[code] ?? `this is no YAML: ${message}` }
  })
}

/** Walks a tree that may still be as deep as the parser could stand, so it turns back in time. */
function needlessParts({ contents }: Document): readonly Mistake[] {
  const found: Mistake[] = []
  visit(contents, {
    Node: (_, node, path) => {
      if (path.length <= deepest) return undefined
      found.push(tooDeep(rangeStart(node)))
      return visit.BREAK
    },
    Alias: (_, node) => {
      found.push(needless(node, 'aliases are not used in a catalog: write it out, or say it once under "defaults"'))
    },
    Pair: (_, { key }) => {
      if (!isScalar(key) || typeof key.value !== 'string') found.push(needless(key, 'a key must be text: quote it'))
    },
  })
  return found
}

/** What is nested too deeply brings thousands of mistakes with it, of which none says more. */
function depthFirst(mistakes: readonly Mistake[]): readonly Mistake[] {
  const deep = mistakes.find(({ code }) => code === 'TOO_DEEP')
  return deep === undefined ? mistakes : [deep]
}

function tooDeep(offset: number): Mistake {
  return { code: 'TOO_DEEP', offset, message: `this is nested deeper than ${deepest} levels, which no catalog is` }
}

function needless(node: unknown, message: string): Mistake {
  return { code: 'NEEDLESS', offset: rangeStart(node), message }
}

function offsetOf(node: unknown, [step, ...rest]: Path, around: number): number {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && key.value === step)
    return pair === undefined ? around : offsetOf(pair.value, rest, rangeStart(pair.key))
  }
  if (!isSeq(node) || typeof step !== 'number') return around
  return offsetOf(node.items[step], rest, rangeStart(node.items[step]))
}

function rangeStart(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0
}
