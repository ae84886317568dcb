import { days, hours } from '@volact/core/time'
import { filled, good } from './vector-file.ts'
import type { Draft, FileDraft } from './vector-file.ts'

/** Hardware and counting. */
export function ruleFiles(): readonly FileDraft[] {
  return [anchors(), vectors(), distances(), counts(), thresholds()]
}

function anchors(): FileDraft {
  const [systemUuid, boardSerial, diskSerial] = ['6f0c1c2e-8a3e-4a1d-9b57-1f2e3d4c5b6a', 'PF2ABC12', 'S4EWNX0R123456']
  const cases: Record<string, object> = {
    'a physical machine': { systemUuid, boardSerial, diskSerial },
    'the same, in other case and with spaces around': {
      systemUuid: systemUuid.toUpperCase(),
      boardSerial: ` ${boardSerial}`,
      diskSerial: 's4ewnx0r123456\n',
    },
    'without a board serial': { systemUuid, diskSerial },
    'with placeholders': { systemUuid, boardSerial: 'To be filled by O.E.M.', diskSerial: 'Default string' },
    'with a disk only': { diskSerial },
    'with nothing: the machine ID': {},
    'with placeholders only: the machine ID': {
      systemUuid: 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
      boardSerial: 'None',
      diskSerial: '0000',
    },
    'a virtual machine with a UUID only': { systemUuid, virtual: true },
    'a virtual machine with a disk only': { diskSerial, virtual: true },
    'another vendor': { vendorId: 'other', systemUuid, boardSerial, diskSerial },
  }
  return {
    format: 'anchor',
    section: '§12.2',
    about: 'Computes the anchor of a machine. A component that is left out cannot be read.',
    shared: { vendorId: 'example', machineId: filled(0x33), virtual: false },
    cases: Object.entries(cases).map(([name, input]) => good(name, { ...input })),
  }
}

const components = [
  'DISK-1',
  'Firmware 2',
  'CPU 3',
  'IDE 4',
  'SCSI 5',
  '02:00:00:00:00:06',
  'Audio 7',
  '32 GiB',
  'Display 9',
  'Optical 10',
]

function vectors(): FileDraft {
  return {
    format: 'vector',
    section: '§12.2',
    about:
      'Computes the ten digests of a machine, in the order disk, firmware, processor, IDE, SCSI, network, audio, memory, display, optical.',
    shared: { vendorId: 'example' },
    cases: [
      good('all ten', { components }),
      good('none', { components: components.map(() => null) }),
      good('the same text in each place gives another digest in each', { components: components.map(() => 'same') }),
      good('placeholders and nulls', {
        components: components.map((text, place) =>
          place % 2 === 0 ? 'Not Specified' : place % 3 === 0 ? null : text,
        ),
      }),
      good('another vendor', { vendorId: 'other', components }),
    ],
  }
}

function distances(): FileDraft {
  const before = components.map((_, place) => filled(place + 1, 8))
  const changed = (...places: readonly number[]): readonly Uint8Array[] =>
    before.map((digest, place) => (places.includes(place) ? filled(0xee, 8) : digest))
  const both = (
    name: string,
    after: readonly (Uint8Array | null)[],
    old: readonly (Uint8Array | null)[] = before,
  ): readonly Draft[] =>
    [false, true].map((virtual) =>
      good(`${name}, ${virtual ? 'virtual' : 'physical'}`, { before: old, after, virtual }),
    )
  return {
    format: 'vector-distance',
    section: '§12.2',
    about:
      'Weighs what changed: 11 9 3 3 2 2 2 1 1 1; 25 and more is another machine. On virtual machines firmware, processor and network weigh nothing.',
    cases: [
      ...both('nothing', before),
      ...components.flatMap((_, place) => both(`component ${place} changed`, changed(place))),
      ...both('24 of 35', changed(0, 1, 2, 9)),
      ...both('25 of 35', changed(0, 1, 2, 8, 9)),
      ...both('everything changed', changed(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)),
      ...both('a component is gone', [null, ...before.slice(1)]),
      ...both('absent before and after', [null, ...before.slice(1)], [null, ...before.slice(1)]),
    ],
  }
}

function counts(): FileDraft {
  const start = 1_800_000_000 - (1_800_000_000 % hours(1))
  const terms = { countBy: 'anchor', counts: 'all', windowSeconds: days(30), weakCounts: false }
  const seen = (index: number, others: object = {}): object => ({
    ...{ machine: `m${index}`, anchor: `a${index}`, at: start, weak: false, virtual: false, ephemeral: false },
    ...others,
  })
  const many = (count: number, from = 0, others: object = {}): readonly object[] =>
    Array.from({ length: count }, (_, index) => seen(from + index, others))
  const one = (name: string, sightings: readonly object[], others: object = {}): Draft =>
    good(name, { sightings, now: start, terms, largestThreshold: 25, ...others })
  return {
    format: 'count',
    section: '§12.3',
    about: 'Counts the machines of one application under one rule at a time; reported is the count with its cap.',
    cases: [
      one('nobody', []),
      one('three machines', many(3)),
      one('one machine that comes again', [seen(0), seen(0, { at: start + 60 })], { now: start + 60 }),
      one('one hardware with many device keys (rule 34)', many(30, 0, { anchor: 'a' })),
      one('the same, counted by machine', many(30, 0, { anchor: 'a' }), { terms: { ...terms, countBy: 'machine' } }),
      one('a machine whose anchor changed (rule 36)', [seen(0), seen(0, { anchor: 'b', at: start + 1 })], {
        now: start + 1,
      }),
      one('weak ones up to a quarter of the strong (rule 35)', [...many(8), ...many(5, 8, { weak: true })]),
      one('weak ones alone', many(5, 0, { weak: true })),
      one('weak ones where the certificate lets them count', many(5, 0, { weak: true }), {
        terms: { ...terms, weakCounts: true },
      }),
      one('virtual machines', many(4, 0, { virtual: true })),
      one('virtual machines where only physical ones count', [...many(4, 0, { virtual: true }), ...many(2, 4)], {
        terms: { ...terms, counts: 'physical' },
      }),
      one('ephemeral ones (rule 38)', many(4, 0, { ephemeral: true })),
      one('the last second of the window', many(2), { now: start + days(30) - 1 }),
      one('the first second after the window', many(2), { now: start + days(30) }),
      one('a window begins with the hour of the contact', many(2, 0, { at: start + hours(1) - 1 }), {
        now: start + days(30),
      }),
      one('the cap of the reported count', many(60)),
    ],
  }
}

function thresholds(): FileDraft {
  return {
    format: 'threshold',
    section: '§12.4',
    about: 'Decides which threshold holds (rule 10).',
    cases: [
      good('of the policy', { policy: 25 }),
      good('of the certificate, lower', { policy: 25, certificate: 3 }),
      good('of the certificate, higher', { policy: 5, certificate: 50 }),
      good('of the certificate, none needed', { policy: 25, certificate: 0 }),
    ],
  }
}
