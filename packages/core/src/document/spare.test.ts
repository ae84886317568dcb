import { describe, expect, it } from 'vitest'
import { signerFromPkcs8, generatePrivateKey } from '../crypto.ts'
import { codeOf } from './decoder-laws.fixture.ts'
import { filled, hardware } from './host.fixture.ts'
import { encodeEntry, parseEntry } from './ledger-entry.ts'
import type { HostActivationEntry } from './plain-entry.ts'
import { readTakeOver, takeOverAct, takeOverArguments } from './spare.ts'

const predecessor = { logId: filled(9), checkpoint: filled(8, 40) }
const takeOver = { ...predecessor, hardware }
const position = { index: 2, time: 1_700_000_000 }
const said = { kind: 'administrative', act: takeOverAct, cti: filled(6, 16), ...position } as const

describe('a spare (rule 47)', () => {
  it('names in its entry 0 its predecessor and the last checkpoint of it, where others say nothing', () => {
    const entry: HostActivationEntry = {
      ...{ kind: 'host-activation', index: 0, time: 1_700_000_000 },
      signingKey: signerFromPkcs8(generatePrivateKey('ESP256')).publicKey,
      ...{ recoveryKey: filled(1), noteKey: filled(2), hardware, cti: filled(3, 16) },
    }
    expect(parseEntry(encodeEntry({ ...entry, predecessor }))).toEqual({ ...entry, predecessor })
    expect(parseEntry(encodeEntry(entry))).not.toHaveProperty('predecessor')
  })

  it('says from whom it takes over, and where it runs, in an act that is read as it was written', () => {
    const entry = parseEntry(encodeEntry({ ...said, arguments: takeOverArguments(takeOver) }))
    expect(readTakeOver(entry)).toEqual(takeOver)
  })

  it('is not read out of any other entry', () => {
    expect(readTakeOver({ ...said, act: 'renew', arguments: new Map() })).toBeUndefined()
    expect(readTakeOver({ kind: 'note-key', ...position, noteKey: filled(1) })).toBeUndefined()
    expect(codeOf(() => readTakeOver({ ...said, arguments: new Map() }))).toBe('MALFORMED')
  })
})
