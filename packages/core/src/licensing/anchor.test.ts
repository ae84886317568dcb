import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../bytes.ts'
import { type AnchorSource, anchorOf } from './anchor.ts'
import { presentComponent } from './component.ts'

const machine: AnchorSource = {
  vendorId: 'example',
  systemUuid: '6f0c1c2e-8a3e-4a1d-9b57-1f2e3d4c5b6a',
  boardSerial: 'PF2ABC12',
  diskSerial: 'S4EWNX0R123456',
  virtual: false,
  machineId: new Uint8Array(32).fill(7),
}

function hex(change: Partial<AnchorSource> = {}): string {
  return toHex(anchorOf({ ...machine, ...change }).anchor)
}

const component = fc.option(fc.constantFrom('A1', 'B2', 'C3', 'None', '', 'A1 B2'), { nil: undefined })
const sources = fc.record({
  vendorId: fc.constantFrom('example', 'other'),
  systemUuid: component,
  boardSerial: component,
  diskSerial: component,
  virtual: fc.boolean(),
  machineId: fc.constant(machine.machineId),
})

describe('the anchor', () => {
  it('is for ever the same 32 bytes for the same hardware: this is golden (rule 34)', () => {
    expect(hex()).toMatchInlineSnapshot(`"57ec258446c6780ff42b7883a7a3dcb8e4063485d564798977ac1f6ceb22310a"`)
    expect(hex({ boardSerial: undefined })).toMatchInlineSnapshot(
      `"c2e9aa48d1036fbfa41ed5e1090cfed503ec34d89635aae0bbd8b30f6d81efc1"`,
    )
  })

  it('does not depend on case, on spaces around, or on the device key', () => {
    const loud = { systemUuid: ' 6F0C1C2E-8A3E-4A1D-9B57-1F2E3D4C5B6A\n', diskSerial: '  s4ewnx0r123456 ' }
    expect(hex(loud)).toBe(hex())
    expect(hex({ machineId: new Uint8Array(32) })).toBe(hex())
    expect(hex({ virtual: true })).toBe(hex())
  })

  it('is the same exactly for the same vendor and the same components in the same places', () => {
    const shape = ({ vendorId, systemUuid, boardSerial, diskSerial }: AnchorSource) =>
      JSON.stringify([vendorId, ...[systemUuid, boardSerial, diskSerial].map((text) => presentComponent(text) ?? null)])
    const isEmpty = (source: AnchorSource) => shape(source).endsWith(',null,null,null]')
    fc.assert(
      fc.property(sources, sources, (one, other) => {
        fc.pre(!isEmpty(one) && !isEmpty(other))
        const areSame = toHex(anchorOf(one).anchor) === toHex(anchorOf(other).anchor)
        expect(areSame).toBe(shape(one) === shape(other))
      }),
    )
  })

  it('is strong with two components, and says nothing then', () => {
    expect(anchorOf(machine)).toMatchObject({ weak: false, why: [] })
    expect(anchorOf({ ...machine, systemUuid: undefined })).toMatchObject({ weak: false, why: [] })
  })

  it('is weak with one, and says which are missing and why', () => {
    expect(anchorOf({ ...machine, systemUuid: ' ', boardSerial: 'To be filled by O.E.M.' })).toMatchObject({
      weak: true,
      why: ['no system UUID', 'board serial number is a placeholder: "To be filled by O.E.M."'],
    })
    expect(anchorOf({ ...machine, boardSerial: undefined, diskSerial: 'None' }).weak).toBe(true)
  })

  it('of a virtual machine is strong with a real UUID alone, and weak with a disk alone', () => {
    const virtual = { ...machine, virtual: true, boardSerial: undefined }
    expect(anchorOf({ ...virtual, diskSerial: 'QM00001' })).toMatchObject({ weak: false, why: [] })
    expect(anchorOf({ ...virtual, systemUuid: undefined }).weak).toBe(true)
  })

  it('is the machine ID, and weak, where nothing can be read: such machines do not share one', () => {
    const blank = { ...machine, systemUuid: undefined, boardSerial: 'Default string', diskSerial: '' }
    const anchor = anchorOf(blank)
    expect(anchor).toMatchObject({ anchor: machine.machineId, weak: true })
    expect(anchor.why).toHaveLength(3)
    expect(anchor.anchor).not.toBe(machine.machineId)
    expect(anchorOf({ ...blank, virtual: true }).weak).toBe(true)
  })

  it('takes whatever bytes a probe reads for text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0xd800, max: 0xdfff }), (text, half) => {
        const systemUuid = text + String.fromCharCode(half)
        expect(anchorOf({ ...machine, systemUuid }).anchor).toHaveLength(32)
      }),
    )
  })
})

describe('a component', () => {
  it.each([
    '',
    '   ',
    '0',
    '00000000-0000-0000-0000-000000000000',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    'ffffffffffffffff',
    'XXXXXXXX',
    '....',
    'To be filled by O.E.M.',
    'To Be Filled By O.E.M',
    'Default string',
    'None',
    'none ',
    'N/A',
    'Not Specified',
    'Not  Specified',
    'System Serial Number',
    'Base Board Serial Number',
    'System UUID',
    '0123456789',
    '123456789',
    '03000200-0400-0500-0006-000700080009',
    'QM00001',
    'QM00013',
    '\ud800',
    undefined,
  ])('is absent when it is a placeholder: %j (rule 34)', (text) => {
    expect(presentComponent(text)).toBeUndefined()
  })

  it.each([
    ['S4EWNX0R123456', 's4ewnx0r123456'],
    [' PF2ABC12\t', 'pf2abc12'],
    ['WD  WX 21', 'wd wx 21'],
    ['0011', '0011'],
    ['QM4711X', 'qm4711x'],
    ['Ä-17', 'Ä-17'],
  ])('is otherwise trimmed and in lower case: %j', (text, folded) => {
    expect(presentComponent(text)).toBe(folded)
  })

  it('folded once stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = presentComponent(text)
        expect(presentComponent(once)).toBe(once)
      }),
    )
  })
})
