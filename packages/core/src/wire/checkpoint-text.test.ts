import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCheckpointText, parseCheckpointText } from './checkpoint-text.ts'

describe('the text of a checkpoint', () => {
  it('holds the whole of it (rule 29)', () => {
    expect(encodeCheckpointText(Uint8Array.of(1, 2, 3, 4))).toBe('v=volact1 checkpoint=AQIDBA==')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_024 }), (bytes) => {
        expect(parseCheckpointText(encodeCheckpointText(bytes))).toEqual(bytes)
      }),
    )
  })

  it.each([
    '',
    'v=spf1 -all',
    'v=volact2 checkpoint=AQ==',
    'v=volact1 checkpoint=AQ',
    'v=volact1 checkpoint=A\u00e9==',
  ])('is not %j', (text) => {
    expect(parseCheckpointText(text)).toBeUndefined()
  })

  it('is not longer than any checkpoint is', () => {
    expect(parseCheckpointText(`v=volact1 checkpoint=${'A'.repeat(2_028)}`)).toBeUndefined()
  })
})
