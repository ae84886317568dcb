// Comments cite the protocol as "protocol.md §3.2". Every section that is cited must exist.
import { existsSync, globSync, readFileSync } from 'node:fs'

const protocol = 'docs/protocol.md'
const sources = globSync('{packages,services,apps,tests,tools}/**/*.{ts,tsx}', {
  exclude: (name) => name === 'node_modules' || name === 'dist',
})

const text = existsSync(protocol) ? readFileSync(protocol, 'utf8') : undefined
const headings = text?.matchAll(/^#{2,4} (\d+(?:\.\d+)*)\.? /gm) ?? []
const sections = new Set([...headings].map(([, number]) => number))
const citations = sources.flatMap(citationsIn)
const wrong = citations.filter(({ section }) => !sections.has(section))

for (const { source, section } of wrong) process.stderr.write(`${source}: ${protocol} has no section ${section}\n`)
if (text !== undefined && citations.length === 0) process.stderr.write(`no file cites ${protocol}\n`)
process.stdout.write(`sections: ${citations.length} citations of ${sections.size} sections, ${wrong.length} wrong\n`)
process.exitCode = wrong.length > 0 || (text !== undefined && citations.length === 0) ? 1 : 0

interface Citation {
  readonly source: string
  readonly section: string
}

/** Also the further sections of one citation, as in "protocol.md §3.1, §3.2 and §4". */
function citationsIn(source: string): Citation[] {
  const lists = readFileSync(source, 'utf8').matchAll(/protocol\.md (§[\d.]+(?:(?:, | and |, and |–)§[\d.]+)*)/g)
  return [...lists].flatMap(([list]) =>
    [...list.matchAll(/§(\d+(?:\.\d+)*)/g)].map(([, section = '']) => ({ source, section })),
  )
}
