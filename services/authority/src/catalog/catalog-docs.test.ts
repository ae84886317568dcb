import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseCatalog } from '@volact/core/catalog/parse-catalog'

function read(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8')
}

const page = read('docs/catalog.md')
const snippets = Array.from(page.matchAll(/^```yaml (\S+)\n(.*?)^```$/gms), ([, file = '', text = '']) => ({
  file,
  text,
}))

/** The keys of every section, as the message about something that is no section lists them. */
function keysOfEverySection(): readonly string[] {
  const wrong = {
    vendor: { contacts: 0 },
    applications: [0],
    defaults: { ephemeral: 0, enforcement: 0 },
    families: [0],
    groups: [0],
    products: [0],
  }
  const messages = [0, { vendor: 0 }, wrong].flatMap((value) => {
    const parsed = parseCatalog(value)
    return 'problems' in parsed ? parsed.problems.map(({ message }) => message) : []
  })
  return messages.flatMap((message) => /with the keys (.*), but is/.exec(message)?.[1]?.split(', ') ?? [])
}

describe('docs/catalog.md', () => {
  it('has snippets, and names the file of each', () => {
    expect(snippets.length).toBeGreaterThan(5)
    expect(page.match(/^```yaml/gm)).toHaveLength(snippets.length)
  })

  it.each(snippets)('cuts its snippets from the examples: $file $text', ({ file, text }) => {
    const indented = [0, 2, 4].map((width) => text.replace(/^(?=.)/gm, ' '.repeat(width)))
    expect(indented.some((lines) => read(file).includes(`\n${lines}`))).toBe(true)
  })

  it.each([...new Set(keysOfEverySection())])('explains the key %s', (key) => {
    expect(page).toMatch(new RegExp(`^\\| \`(?:ephemeral\\.)?${key}\` +\\||states:.*\`${key}\``, 'm'))
  })
})
