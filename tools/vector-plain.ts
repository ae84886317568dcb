import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectMap } from '@volact/core/cbor/expect'
import type { CborMap, CborValue } from '@volact/core/cbor/value'
import { withField, without } from '@volact/core/document/decoder-laws.fixture'
import { encodeDetails } from '@volact/core/document/details'
import { encodeEntitlement } from '@volact/core/document/entitlement'
import type { Entitlement } from '@volact/core/document/entitlement'
import { encodeStarter } from '@volact/core/document/starter'
import type { Starter } from '@volact/core/document/starter'
import { bad, filled, good, lossy, malformed, vectorSigner } from './vector-file.ts'
import type { FileDraft } from './vector-file.ts'

/** What nobody signs, or others do who sign around it. */
export function plainFiles(): readonly FileDraft[] {
  return [details(), entitlements(), starters()]
}

function mapOf(bytes: Uint8Array): CborMap {
  return expectMap(decodeCbor(bytes), 'payload')
}

function details(): FileDraft {
  const vector = [...Array.from({ length: 9 }, (_, place) => filled(place + 1, 8)), null]
  const full = encodeDetails({
    name: 'desk-07',
    addresses: ['192.0.2.7', '2001:db8::7'],
    vector,
    version: '1.0.0',
    system: 'Debian 12',
  })
  const of = (key: number | string, value: CborValue): { bytes: Uint8Array } => ({
    bytes: encodeCbor(withField(mapOf(full), key, value)),
  })
  return {
    format: 'details',
    section: '§6.2',
    about: 'Reads details, and computes SHA-256(salt ‖ details), which stands in the request.',
    shared: { salt: filled(0x5a, 16) },
    cases: [
      good('everything', { bytes: full }),
      good('nothing', { bytes: encodeDetails({}) }),
      good('a name in another script', { bytes: encodeDetails({ name: 'компьютер-7' }) }),
      good('another salt', { bytes: full, salt: filled(0, 16) }),
      bad('UNKNOWN_CRITICAL', 'a key from 0 of a newer version', of(6, 'critical')),
      bad('MALFORMED', 'a vector of nine', of(3, vector.slice(1))),
      bad('MALFORMED', 'a digest of seven bytes', of(3, vector.with(0, filled(1, 7)))),
      bad('MALFORMED', 'a name that is too long', of(1, 'x'.repeat(256))),
      bad(
        'MALFORMED',
        'too many addresses',
        of(
          2,
          Array.from({ length: 17 }, () => '::1'),
        ),
      ),
      ...malformed(full),
    ],
  }
}

function entitlements(): FileDraft {
  const least: Entitlement = {
    customer: 'Example Customer',
    environment: 'production',
    groups: [{ group: 7, generation: 3 }],
    thresholds: new Map(),
    aboveQuantity: 'report',
    features: [],
    agreementEnds: 2_000_000_000,
    logId: filled(0x77),
    recoveryKey: vectorSigner('recovery', 'Ed25519').publicKey.bytes,
    hardware: { anchor: filled(0x0a), vector: [filled(0x0b, 8), ...Array.from({ length: 9 }, () => null)] },
    attested: false,
    serial: 12,
    noteKey: vectorSigner('note', 'Ed25519').publicKey.bytes,
    weakCounts: false,
  }
  const most: Entitlement = {
    ...least,
    groups: [
      { group: 7, generation: 3 },
      { group: 1023, generation: 65_535 },
    ],
    thresholds: new Map([
      ['server', 2],
      ['desktop', 3],
    ]),
    intervals: { activationMinutes: 15, renewalMinutes: 43_200 },
    quantity: 500,
    aboveQuantity: 'refuse',
    maxMachines: 1_000,
    features: ['clustering', 'audit'],
    attested: true,
    weakCounts: true,
  }
  const bytes = encodeEntitlement(least)
  const of = (key: number, value: CborValue): { bytes: Uint8Array } => ({
    bytes: encodeCbor(withField(mapOf(bytes), key, value)),
  })
  return {
    format: 'entitlement',
    section: '§2.4',
    about: "Reads the entitlement of a host's certificate.",
    cases: [
      good('what every one has', { bytes }),
      good('everything', { bytes: encodeEntitlement(most) }),
      good('above the quantity a warning', {
        bytes: encodeEntitlement({ ...least, quantity: 10, aboveQuantity: 'warn' }),
      }),
      lossy('a key of a newer version that may be ignored', of(18, 'ignored')),
      bad('UNKNOWN_CRITICAL', 'a key that must be understood', {
        bytes: encodeCbor(withField(withField(mapOf(bytes), 18, 1), 0, [18])),
      }),
      ...malformed(bytes),
      bad('MALFORMED', 'an empty list of what must be understood', of(0, [])),
      bad('MALFORMED', 'no key group', of(3, [])),
      bad('MALFORMED', 'an interval under 15 minutes', of(5, [14, 10_080])),
      bad('MALFORMED', 'an interval over 43 200 minutes', of(5, [120, 43_201])),
      bad('MALFORMED', 'an unknown rule above the quantity', of(7, 3)),
      bad('MALFORMED', 'a log ID that is too short', of(11, filled(1, 31))),
      bad('MALFORMED', 'a vector of eleven', of(13, [filled(1), Array.from({ length: 11 }, () => null)])),
      bad('MALFORMED', 'no end of the agreement', { bytes: encodeCbor(without(mapOf(bytes), 10)) }),
    ],
  }
}

function starters(): FileDraft {
  const starter: Starter = {
    pack: filled(1, 20),
    roots: [filled(2, 20), filled(3, 20)],
    authority: 'https://authority.example:8443',
    contacts: { email: 'help@vendor.example', phone: '+1 202 555 0100', url: 'https://vendor.example/help' },
    token: filled(4, 16),
    entitlement: encodeCbor(
      new Map<number, CborValue>([
        [1, 'Example Customer'],
        [2, 'production'],
      ]),
    ),
  }
  const least: Starter = { pack: starter.pack, roots: starter.roots, authority: starter.authority, contacts: {} }
  const bytes = encodeStarter(starter)
  const content = mapOf(encodeCbor((decodeCbor(bytes) as readonly CborValue[])[2] ?? null))
  const of = (key: number, value: CborValue): { bytes: Uint8Array } => ({
    bytes: encodeCbor(['volact-starter', 1, withField(content, key, value)]),
  })
  return {
    format: 'starter',
    section: '§5',
    about: 'Reads a starter file. It is not signed; pack and roots in it are filler here.',
    cases: [
      good('everything', { bytes }),
      good('what every one has', { bytes: encodeStarter(least) }),
      ...malformed(bytes),
      bad('UNSUPPORTED_VERSION', 'version 2', { bytes: encodeCbor(['volact-starter', 2, content]) }),
      bad('UNKNOWN_CRITICAL', 'a key from 0 of a newer version', of(7, 0)),
      bad('UNKNOWN_CRITICAL', 'a contact of a newer version', of(4, new Map([[4, 'fax']]))),
      bad('MALFORMED', 'another name', { bytes: encodeCbor(['volact-start', 1, content]) }),
      bad('MALFORMED', 'no root', of(2, [])),
      bad('MALFORMED', 'an address without TLS', of(3, 'http://authority.example')),
      bad('MALFORMED', 'a token that is too short', of(5, filled(4, 15))),
    ],
  }
}
