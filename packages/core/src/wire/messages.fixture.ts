import type { Message } from './message.ts'

function bytes(length: number, fill: number): Uint8Array {
  return new Uint8Array(length).fill(fill)
}

/** One message of each kind with every key, and one with only those that are needed where some may be left out. */
export const messages: readonly Message[] = [
  { kind: 'activate', request: bytes(9, 1), salt: bytes(16, 2), details: bytes(3, 3), knownCertificate: bytes(32, 4) },
  { kind: 'activate', request: bytes(9, 1), salt: bytes(16, 2), details: bytes(3, 3) },
  {
    ...{ kind: 'activate', request: bytes(9, 1), salt: bytes(16, 2), details: bytes(3, 3) },
    pool: { id: 'class-room', proof: bytes(32, 4) },
  },
  { kind: 'grant', entry: bytes(5, 1), receipt: bytes(6, 2), chain: [bytes(7, 3), bytes(8, 4)] },
  { kind: 'grant', entry: bytes(5, 1), receipt: bytes(6, 2) },
  { kind: 'grant', entry: bytes(5, 1), receipt: bytes(6, 2), twin: { entry: bytes(7, 3), receipt: bytes(8, 4) } },
  {
    ...{ kind: 'activate', request: bytes(9, 1), salt: bytes(16, 2), details: bytes(3, 3) },
    recovery: 1_800_000_000,
  },
  { kind: 'grant', entry: bytes(5, 1), receipt: bytes(6, 2), recovery: { entry: bytes(7, 3), receipt: bytes(8, 4) } },
  { kind: 'activate', request: bytes(9, 1), salt: bytes(16, 2), details: bytes(3, 3), since: 7 },
  { kind: 'grant', entry: bytes(5, 1), receipt: bytes(6, 2), since: { from: 7, path: [bytes(32, 3)] } },
  { kind: 'challenge', challenge: bytes(16, 1) },
  { kind: 'release', release: bytes(4, 1) },
  { kind: 'released', entry: bytes(5, 1), receipt: bytes(6, 2), chain: [bytes(7, 3)] },
  { kind: 'released', entry: bytes(5, 1), receipt: bytes(6, 2) },
  { kind: 'host-information-query' },
  {
    kind: 'host-information',
    vendor: 'example',
    state: 1,
    logId: bytes(32, 1),
    groups: [{ group: 7, generation: 2 }],
    counts: [{ application: bytes(16, 2), count: 50 }],
    version: '1.0.0',
    time: 1_800_000_000,
  },
  { kind: 'host-information', vendor: 'example', state: 0, groups: [], counts: [], version: '1.0.0', time: 0 },
  {
    ...{ kind: 'host-information', vendor: 'example', state: 1, groups: [], counts: [], version: '1.0.0', time: 0 },
    spareUntil: 1_800_000_000,
  },
  { kind: 'confirmation-request', request: bytes(4, 1) },
  { kind: 'confirmation-pick-up', digest: bytes(32, 1) },
  { kind: 'confirmation', confirmation: bytes(4, 1) },
  {
    kind: 'refusal',
    code: 'COUNT_INSUFFICIENT',
    text: '12 of 25 machines',
    detail: { count: 12, threshold: 25, weak: 3, groups: [{ group: 7, generation: 2 }], time: 1_800_000_000 },
    retryAfter: 7_200,
  },
  { kind: 'refusal', code: 'BUSY', text: '', detail: {} },
  { kind: 'refusal', code: 'HOST_NOT_ACTIVATED', text: 'not activated' },
  { kind: 'revocation-list-query' },
  { kind: 'revocation-list', list: bytes(4, 1) },
  {
    kind: 'activate-host',
    hostKey: 'BCDFGHJKMPQRTVWXY2346789B',
    request: bytes(4, 1),
    entry: bytes(5, 2),
    virtual: true,
    version: '1.0.0',
  },
  { kind: 'refusal', code: 'CONSISTENCY_FAILED', text: 'prove it', detail: { witnessed: 41 } },
  { kind: 'renew-host', request: bytes(4, 1), entry: bytes(5, 2), receipt: bytes(6, 3), version: '1.0.0' },
  {
    ...{ kind: 'renew-host', request: bytes(4, 1), entry: bytes(5, 2), receipt: bytes(6, 3), version: '1.0.0' },
    recovery: { entry: bytes(7, 3), receipt: bytes(8, 4) },
    takeOver: { entry: bytes(9, 5), receipt: bytes(10, 6) },
  },
  { kind: 'host-renewed', chain: [bytes(7, 1), bytes(8, 2)], pack: bytes(9, 3) },
  { kind: 'host-activated', chain: [bytes(7, 1), bytes(8, 2)], pack: bytes(9, 3), hostsLeft: 5, activationsLeft: 9 },
]
