import { describe, expect, it } from 'vitest'
import { codeOf } from './decoder-laws.fixture.ts'
import { forkArguments, type ForkNote, readForkNote } from './fork-entry.ts'
import { filled, start } from './host.fixture.ts'
import { encodeEntry, type LedgerEntry, parseEntry } from './ledger-entry.ts'

const branching = { machine: filled(1), product: filled(2, 16), superseded: filled(3, 16) }
const notes: readonly ForkNote[] = [
  { act: 'fork', ...branching },
  { act: 'fork-again', ...branching, shown: filled(4, 16) },
  { act: 'twin', ...branching, shown: filled(4, 16), nonce: filled(5, 16) },
]

function entryOf(act: string, fields: ReadonlyMap<string, Uint8Array | string>): LedgerEntry {
  return { kind: 'administrative', index: 7, time: start, act, arguments: fields, cti: filled(6, 16) }
}

describe('a note of branches in the ledger (rule 18)', () => {
  it.each(notes)('of the act $act comes back as it was written', (note) => {
    const entry = { kind: 'administrative', index: 7, time: start, act: note.act, cti: filled(6, 16) } as const
    const bytes = encodeEntry({ ...entry, arguments: forkArguments(note) })
    expect(readForkNote(parseEntry(bytes))).toEqual(note)
  })

  it('is not what other entries say', () => {
    expect(readForkNote(entryOf('config-set', new Map()))).toBeUndefined()
    expect(readForkNote({ kind: 'note-key', index: 7, time: start, noteKey: filled(1) })).toBeUndefined()
  })

  it('without one of its arguments is damaged', () => {
    for (const { act } of notes) expect(codeOf(() => readForkNote(entryOf(act, new Map())))).toBe('MALFORMED')
  })
})
