import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectArray, expectMap, expectTagged } from '@volact/core/cbor/expect'
import type { CborMap, CborValue } from '@volact/core/cbor/value'
import { withField, without } from '@volact/core/document/decoder-laws.fixture'
import { encodeGrant } from '@volact/core/document/grant'
import type { Grant } from '@volact/core/document/grant'
import { encodeEntry } from '@volact/core/document/ledger-entry'
import type { LedgerEntry } from '@volact/core/document/ledger-entry'
import { coseKeyOf } from '@volact/core/cose/key'
import { bad, filled, good, lossy, malformed, vectorSigner } from './vector-file.ts'
import type { FileDraft } from './vector-file.ts'

/** A grant with every claim. */
export const sampleGrant: Grant = {
  logId: filled(0x77),
  machine: filled(0x33),
  expires: 1_815_552_000,
  notBefore: 1_800_000_000,
  issued: 1_800_000_000,
  cti: filled(0x55, 16),
  nonce: filled(0x11, 16),
  product: filled(0x22, 16),
  anchor: filled(0x44),
  count: 30,
  threshold: 25,
  thresholdSource: 'policy',
  activationMinutes: 120,
  renewalMinutes: 10_080,
  features: ['clustering', 'audit'],
  index: 41,
  req: filled(0xd1),
  detailsDigest: filled(0x66),
  state: 2,
  flags: { weak: false, virtual: true, ephemeral: false },
}

/** The grant alone, and every kind of entry. */
export function entryFiles(): readonly FileDraft[] {
  return [grants(), ledgerEntries()]
}

function grants(): FileDraft {
  const bytes = encodeGrant(sampleGrant)
  const claims = expectMap(expectTagged(decodeCbor(bytes), 'grant', 601), 'grant')
  const of = (map: CborMap): { bytes: Uint8Array } => ({ bytes: encodeCbor({ tag: 601, value: map }) })
  const small = {
    ...sampleGrant,
    thresholdSource: 'certificate',
    features: [],
    count: 3,
    threshold: 3,
    index: 2,
    state: 0,
    flags: { weak: true, virtual: false, ephemeral: true },
  } as const
  return {
    format: 'grant',
    section: '§7.3',
    about: 'Reads the claims of a lease as the ledger stores them.',
    cases: [
      good('a grant at the threshold of the policy', { bytes }),
      good('a grant at the threshold of the certificate', { bytes: encodeGrant(small) }),
      ...malformed(bytes),
      bad('UNKNOWN_CRITICAL', 'a claim from 0 that is unknown', of(withField(claims, 3, 'audience'))),
      bad('UNKNOWN_CRITICAL', 'a claim below 0 that is unknown: the map is closed', of(withField(claims, -65_550, 1))),
      bad('UNKNOWN_CRITICAL', 'an unknown flag', of(withField(claims, -65_549, 8))),
      bad(
        'UNKNOWN_CRITICAL',
        'another confirmation beside the thumbprint',
        of(
          withField(
            claims,
            8,
            new Map<number, CborValue>([
              [1, 1],
              [5, sampleGrant.machine],
            ]),
          ),
        ),
      ),
      bad(
        'MALFORMED',
        'bound to another machine than it names',
        of(withField(claims, 8, new Map([[5, filled(0x34)]]))),
      ),
      bad('MALFORMED', 'an issuer in upper case', of(withField(claims, 1, `volact:log:${'AB'.repeat(32)}`))),
      bad('MALFORMED', 'a subject of another scheme', of(withField(claims, 2, `urn:machine:${'33'.repeat(32)}`))),
      bad('MALFORMED', 'a threshold of neither source', of(withField(claims, -65_541, 2))),
      bad('MALFORMED', 'a renewal interval under 15 minutes', of(withField(claims, -65_543, 14))),
      bad('MALFORMED', 'a license state that does not exist', of(withField(claims, -65_548, 7))),
      bad('MALFORMED', 'no end', of(without(claims, 4))),
      bad('MALFORMED', 'without its tag', { bytes: encodeCbor(claims) }),
      bad('MALFORMED', 'with another tag', { bytes: encodeCbor({ tag: 61, value: claims }) }),
    ],
  }
}

/** Entry 0 of the ledger of vectors. */
export const sampleActivation: LedgerEntry = {
  kind: 'host-activation',
  index: 0,
  time: 1_799_000_000,
  signingKey: vectorSigner('host').publicKey,
  recoveryKey: vectorSigner('recovery', 'Ed25519').publicKey.bytes,
  noteKey: vectorSigner('note', 'Ed25519').publicKey.bytes,
  hardware: { anchor: filled(0x0a), vector: [filled(0x0b, 8), ...Array.from({ length: 9 }, () => null)] },
  cti: filled(0x99, 16),
}

function ledgerEntries(): FileDraft {
  const at = (index: number): { index: number; time: number } => ({ index, time: 1_800_000_000 + index })
  const cti = filled(0x99, 16)
  const { machine, anchor, product, req } = sampleGrant
  const flags = { weak: true, virtual: false, ephemeral: false }
  const entries: readonly LedgerEntry[] = [
    { kind: 'grant', grant: sampleGrant },
    sampleActivation,
    { kind: 'certificate', ...at(1), x5t: filled(0xc1), notAfter: 1_900_000_000 },
    { kind: 'sighting', ...at(2), machine, anchor, application: filled(0x23, 16), flags, cti },
    { kind: 'release', ...at(3), machine, product, grant: sampleGrant.cti, req, cti },
    { kind: 'disputed', ...at(4), grant: sampleGrant.cti, req },
    {
      kind: 'administrative',
      ...at(5),
      act: 'host expect',
      arguments: new Map<string, CborValue>([
        ['machines', 500],
        ['for', 86_400],
      ]),
      cti,
    },
    { kind: 'recovery', ...at(6), document: filled(0x18, 40) },
    { kind: 'forgotten', ...at(7), indexes: [2, 3] },
    { kind: 'note-key', ...at(8), noteKey: filled(0x88) },
  ]
  const bytes = encodeEntry(sampleActivation)
  const body = expectMap(expectArray(decodeCbor(bytes), 'entry')[3] ?? null, 'body')
  const of = (...values: readonly CborValue[]): { bytes: Uint8Array } => ({ bytes: encodeCbor(values) })
  return {
    format: 'ledger-entry',
    section: '§7.2',
    about: 'Reads an entry of a ledger; one good case of each kind.',
    cases: [
      ...entries.map((entry) => good(entry.kind, { bytes: encodeEntry(entry) })),
      lossy(
        'a key below 0 of a newer version',
        of(
          8,
          8,
          1_800_000_008,
          new Map<number, CborValue>([
            [1, filled(0x88)],
            [-1, 'ignored'],
          ]),
        ),
      ),
      ...malformed(bytes),
      bad('UNKNOWN_CRITICAL', 'a kind of a newer version', of(9, 9, 1_800_000_009, new Map())),
      bad(
        'UNKNOWN_CRITICAL',
        'a key from 0 of a newer version',
        of(
          8,
          8,
          1_800_000_008,
          new Map<number, CborValue>([
            [1, filled(0x88)],
            [2, 0],
          ]),
        ),
      ),
      bad('MALFORMED', 'a host activation that is not entry 0', of(0, 1, 1_799_000_000, body)),
      bad(
        'MALFORMED',
        'a signing key of Ed25519',
        of(0, 0, 1_799_000_000, withField(body, 1, coseKeyOf(vectorSigner('note', 'Ed25519').publicKey))),
      ),
      bad('MALFORMED', 'a time before 1970', of(8, 8, -1, new Map([[1, filled(0x88)]]))),
      bad('MALFORMED', 'a fifth value', of(8, 8, 1_800_000_008, new Map([[1, filled(0x88)]]), 0)),
      bad('MALFORMED', 'nothing forgotten', of(7, 7, 1_800_000_007, new Map([[1, []]]))),
      bad('MALFORMED', 'a short key for notes', of(8, 8, 1_800_000_008, new Map([[1, filled(0x88, 31)]]))),
    ],
  }
}
