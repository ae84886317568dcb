import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EvidenceSource, evidenceOf, type HardwareEvidence } from './hardware-evidence.ts'
import { judgeHardware } from './hardware.ts'

/** A machine as its probe finds it, with the serials of its pieces. */
const office: EvidenceSource = {
  vendorId: 'example',
  systemUuid: '7d1f0f5e-4b0c-4a3b-9a55-0e1f6c2d7a10',
  boardSerial: 'PF2XK31B',
  diskSerial: 'S4EVNX0M',
  components: [
    ...['S4EVNX0M', 'Maker 5000 Board', 'Processor 9', 'ide 1', 'scsi 1'],
    ...['02:11:22:33:44:55', 'audio 1', '16 GiB', 'display 1', 'optical 1'],
  ],
  virtual: false,
}

/** Another one of the same model: what has a serial or an address differs, what has a name is equal. */
const sameModel: EvidenceSource = {
  ...office,
  ...{ systemUuid: '11111112-4b0c-4a3b-9a55-0e1f6c2d7a11', boardSerial: 'PF2XK99Z', diskSerial: 'S4EVNX9Z' },
  components: componentsWith(office, { 0: 'S4EVNX9Z', 5: '02:99:88:77:66:55' }),
}

function componentsWith({ components }: EvidenceSource, change: Readonly<Record<number, string | undefined>>) {
  return components.map((component, place) => (place in change ? change[place] : component))
}

function judge(kept: EvidenceSource, found: EvidenceSource): string {
  return judgeHardware(evidenceOf(kept), evidenceOf(found))
}

/** What an account that is not root sees on Linux: no UUID, no board serial. */
function unprivileged(source: EvidenceSource): EvidenceSource {
  return { ...source, systemUuid: undefined, boardSerial: undefined }
}

const nothing: EvidenceSource = {
  ...{ vendorId: 'example', systemUuid: undefined, boardSerial: undefined, diskSerial: undefined, virtual: false },
  components: Array.from({ length: 10 }, () => undefined),
}

describe('the hardware of a machine', () => {
  it('is the same when nothing has changed', () => {
    expect(judge(office, office)).toBe('same')
  })

  it('has changed within tolerance with a new disk, a new board, or a serial that has appeared under another value', () => {
    const disk = { ...office, diskSerial: 'NEW', components: componentsWith(office, { 0: 'NEW' }) }
    const board = {
      ...office,
      systemUuid: 'new',
      boardSerial: 'new',
      components: componentsWith(office, { 1: 'b', 3: 'i', 4: 's', 6: 'a' }),
    }
    expect(judge(office, disk)).toBe('changed-within')
    expect(judge(office, board)).toBe('changed-within')
    expect(judge(office, { ...office, boardSerial: 'repaired' })).toBe('changed-within')
  })

  it('is out of tolerance at 25 of 35, the anchor’s disk being the same', () => {
    const names = { 1: 'b', 2: 'c', 3: 'i', 4: 's', 5: 'n', 6: 'a', 7: 'm', 8: 'd' }
    expect(judge(office, { ...office, components: componentsWith(office, names) })).toBe('changed-within')
    expect(judge(office, { ...office, components: componentsWith(office, { ...names, 0: 'k' }) })).toBe(
      'out-of-tolerance',
    )
  })

  it('is another machine’s in a copied folder, also on an identical model, whose vector is within tolerance', () => {
    expect(judge(office, sameModel)).toBe('other-machine')
    expect(judge(unprivileged(office), unprivileged(sameModel))).toBe('other-machine')
  })

  it('is judged by what both sides know: root sees more than others, and makes no copy of it', () => {
    expect(judge(office, unprivileged(office))).toBe('same')
  })

  it('without any part of an anchor is known by its disk or its network card, within tolerance', () => {
    const bare = { ...unprivileged(office), diskSerial: undefined }
    expect(judge(bare, { ...bare, components: componentsWith(bare, { 7: '32 GiB' }) })).toBe('changed-within')
    expect(judge(bare, { ...bare, components: componentsWith(bare, { 0: 'k' }) })).toBe('changed-within')
    expect(judge(bare, { ...bare, components: componentsWith(bare, { 0: 'k', 5: 'n' }) })).toBe('other-machine')
    const gone = { 0: 'k', 1: undefined, 2: undefined, 3: undefined }
    expect(judge(bare, { ...bare, components: componentsWith(bare, gone) })).toBe('other-machine')
    expect(judge(bare, bare)).toBe('same')
  })

  it('of which nothing is known is the same: no copy is invented from ignorance', () => {
    expect(judge(nothing, nothing)).toBe('same')
    expect(judge(office, nothing)).toBe('same')
    expect(judge(nothing, office)).toBe('same')
  })

  it('is digested by part, and salted by vendor (rules 33, 34)', () => {
    const { anchorParts } = evidenceOf({ ...office, systemUuid: 'x1', boardSerial: 'x1', diskSerial: 'None' })
    const [uuid, board, disk] = anchorParts
    expect(uuid).toHaveLength(8)
    expect(uuid).not.toEqual(board)
    expect(disk).toBeNull()
    expect(evidenceOf({ ...office, vendorId: 'other' }).anchorParts).not.toEqual(evidenceOf(office).anchorParts)
  })
})

describe('a virtual machine', () => {
  const guest: EvidenceSource = { ...office, boardSerial: undefined, diskSerial: undefined, virtual: true }
  const noDisk = componentsWith(guest, { 0: undefined })

  it('is never out of tolerance: processor, firmware and network card weigh nothing (rule 36)', () => {
    const all = Object.fromEntries(Array.from({ length: 10 }, (_, place) => [place, `other ${place}`]))
    expect(judge(guest, { ...guest, components: componentsWith(guest, all) })).toBe('changed-within')
    expect(judge(guest, { ...guest, components: componentsWith(guest, { 1: 'f', 2: 'c', 5: 'n' }) })).toBe('same')
  })

  it('to which its hypervisor gave a new UUID is another one, with the same network card too', () => {
    const cloned = { ...guest, systemUuid: 'new', components: noDisk }
    expect(judge({ ...guest, components: noDisk }, cloned)).toBe('other-machine')
  })

  it('with the same disk is the same one', () => {
    expect(judge({ ...guest, diskSerial: 'D1' }, { ...guest, diskSerial: 'D1', systemUuid: 'new' })).toBe(
      'changed-within',
    )
  })

  it('is weighed as one as soon as either side takes it for one', () => {
    const physical = { ...guest, virtual: false, components: componentsWith(guest, { 1: 'f', 2: 'c', 5: 'n' }) }
    expect(judge(guest, physical)).toBe('same')
  })
})

describe('laws', () => {
  const digest = fc.option(
    fc.constantFrom(1, 2, 3).map((byte) => new Uint8Array(8).fill(byte)),
    { nil: null },
  )
  const evidence = fc.record({
    anchorParts: fc.tuple(digest, digest, digest),
    vector: fc.array(digest, { minLength: 10, maxLength: 10 }),
    virtual: fc.boolean(),
  }) satisfies fc.Arbitrary<HardwareEvidence>

  it('which side is which makes no difference', () => {
    fc.assert(
      fc.property(evidence, evidence, (a, b) => {
        expect(judgeHardware(a, b)).toBe(judgeHardware(b, a))
      }),
      { numRuns: 1_000 },
    )
  })

  it('whatever is compared with itself is the same', () => {
    fc.assert(
      fc.property(evidence, (a) => {
        expect(judgeHardware(a, a)).toBe('same')
      }),
    )
  })

  it('hardware that changes one piece a month for two years, each change accepted, is always the same machine', () => {
    const months = fc.array(fc.tuple(fc.constantFrom(...pieces), fc.integer({ min: 1, max: 1_000_000 })), {
      minLength: 24,
      maxLength: 24,
    })
    fc.assert(
      fc.property(starts, months, (start, changes) => {
        changes.reduce((kept, [piece, serial]) => {
          const found = replace(kept, piece, serial)
          expect(judge(kept, found)).toMatch(/^(same|changed-within)$/)
          return found
        }, start)
      }),
      { numRuns: 300 },
    )
  })
})

/** Pieces that are replaced in one, with the places of the vector that go with them. */
const pieces = ['disk', 'board', 'processor', 'network', 'memory', 'display', 'optical'] as const
const placesOf: Readonly<Record<(typeof pieces)[number], readonly number[]>> = {
  disk: [0],
  board: [1, 3, 4, 6],
  processor: [2],
  network: [5],
  memory: [7],
  display: [8],
  optical: [9],
}

/** Physical machines of which at least two pieces can be told from others, seen by root or by another account. */
const starts = fc.constantFrom<EvidenceSource>(
  office,
  unprivileged(office),
  { ...office, systemUuid: undefined },
  { ...office, boardSerial: undefined },
  { ...office, diskSerial: undefined, components: componentsWith(office, { 0: undefined }) },
  { ...unprivileged(office), diskSerial: undefined },
)

function replace(source: EvidenceSource, piece: (typeof pieces)[number], serial: number): EvidenceSource {
  const named = (component: string | undefined): string | undefined => component && `${piece} ${serial}`
  const components = source.components.map((component, place) =>
    placesOf[piece].includes(place) ? named(component) : component,
  )
  if (piece === 'disk') return { ...source, components, diskSerial: named(source.diskSerial) }
  if (piece !== 'board') return { ...source, components }
  return { ...source, components, systemUuid: named(source.systemUuid), boardSerial: named(source.boardSerial) }
}
