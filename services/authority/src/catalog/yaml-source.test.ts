import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCatalogText } from './catalog-file.ts'
import { failure, linesOf } from './refused-catalog.fixture.ts'

describe('what is no YAML, or more than a catalog needs', () => {
  it.each<[what: string, text: string, lines: readonly string[]]>([
    [
      'nothing',
      '',
      [
        'c.yaml:1:1  must be a section with the keys format, vendor, applications, defaults, families, groups, products, but is empty',
      ],
    ],
    [
      'two mistakes of writing',
      'a: [1,\nb: "\\q"\n',
      [
        'c.yaml:2:1  this is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
        'c.yaml:2:5  this is no YAML: Invalid escape sequence \\q',
      ],
    ],
    ['a tab', 'vendor:\n\tid: x\n', ['c.yaml:2:1  a tab cannot indent: use spaces']],
    [
      'a second document',
      'a: 1\n---\nb: 2\n',
      ['c.yaml:2:1  a second document begins here: a catalog is one document, so remove the line of hyphens'],
    ],
    [
      'a tag',
      'vendor: !include other.yaml\n',
      ['c.yaml:1:9  tags, the words after an exclamation mark, are not used in a catalog: remove it'],
    ],
    [
      'an alias',
      'a: &a [x]\nb: *a\n',
      ['c.yaml:2:4  aliases are not used in a catalog: write it out, or say it once under "defaults"'],
    ],
    [
      'an alias of nothing',
      'b: *a\n',
      ['c.yaml:1:4  aliases are not used in a catalog: write it out, or say it once under "defaults"'],
    ],
    [
      'a key that is no text',
      '1: x\n[a]: y\n',
      ['c.yaml:1:1  a key must be text: quote it', 'c.yaml:2:1  a key must be text: quote it'],
    ],
  ])('refuses %s', (_, text, lines) => {
    expect(linesOf(text).slice(1)).toEqual(lines)
  })

  it('has no merge keys, which YAML 1.2 does not have either', () => {
    expect(linesOf('vendor:\n  <<: { id: x }\n')).toContain(
      'c.yaml:2:3  vendor.<<  is no key of this section: known are id, name, contacts',
    )
  })

  it('refuses aliases before they unfold', () => {
    const bomb = Array.from({ length: 40 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`)
    expect(linesOf(['a0: &a0 [x]', ...bomb].join('\n'))[0]).toBe('the catalog has 80 problems:')
  })

  it.each(['[', '- ', '? ', '{a: ', '[['])('refuses %j, ten thousand times, as too deep', (piece) => {
    const message = failure(() => parseCatalogText(piece.repeat(10_000), 'c.yaml')).message
    expect(message).toContain('nested deeper than 32 levels')
    expect(message.length).toBeLessThan(500)
  })

  it('keeps to YAML 1.2 whatever the file says', () => {
    expect(linesOf('%YAML 1.1\n---\nvendor: yes\n')).toContain(
      'c.yaml:3:1  vendor  must be a section with the keys id, name, contacts, but is "yes"',
    )
  })

  it('gives a catalog or one coded error for any text', () => {
    const pieces = fc.constantFrom(
      'a: ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '\n',
      '  ',
      '"',
      '*a',
      '&a ',
      '!t ',
      '? ',
      '|',
      '#',
      '%',
      '---',
      '\u0000',
      'é',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
    )
    fc.assert(fc.property(text, (yaml) => failure(() => parseCatalogText(yaml, 'c.yaml')).code === 'CATALOG_INVALID'))
  })
})
