import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectMap } from '@volact/core/cbor/expect'
import type { CborKey, CborMap, CborValue } from '@volact/core/cbor/value'
import { coseKeyOf, thumbprint } from '@volact/core/cose/key'
import { parseSign1, signSign1 } from '@volact/core/cose/sign1'
import { noUid, signAgentProof } from '@volact/core/document/agent-proof'
import type { AgentProof } from '@volact/core/document/agent-proof'
import { withField, without } from '@volact/core/document/decoder-laws.fixture'
import { deviceTyps } from '@volact/core/document/kinds'
import { signRelease } from '@volact/core/document/release'
import type { Release } from '@volact/core/document/release'
import { signRequest } from '@volact/core/document/request'
import type { ActivationRequest } from '@volact/core/document/request'
import { bad, filled, flipped, good, lossy, malformed, vectorKey, vectorSigner } from './vector-file.ts'
import type { Draft, FileDraft, Input } from './vector-file.ts'

/** What a device key signs. */
export function deviceFiles(): readonly FileDraft[] {
  return [requests(), releases(), agentProofs()]
}

function payloadOf(bytes: Uint8Array): CborMap {
  return expectMap(decodeCbor(parseSign1(bytes).payload ?? new Uint8Array()), 'payload')
}

const device = vectorSigner('device')
const machine = thumbprint(device.publicKey)

/** Signs any payload as the device, with any header. */
function forge(
  typ: string,
  payload: CborValue,
  extra: CborMap = new Map(),
  unprotected: CborMap = new Map(),
): { bytes: Uint8Array } {
  const protectedExtra: CborMap = new Map<CborKey, CborValue>([[4, machine], ...extra])
  return { bytes: signSign1({ typ, protectedExtra, unprotected, payload: encodeCbor(payload) }, device) }
}

const first: ActivationRequest = {
  nonce: filled(0x11, 16),
  audience: { kind: 'address', address: 'host.example:1688' },
  product: filled(0x22, 16),
  deviceKey: device.publicKey,
  anchor: filled(0x44),
  state: 2,
  time: 1_800_000_000,
  minutesLeft: 43_200,
  flags: { weak: false, virtual: false, ephemeral: false },
  detailsDigest: filled(0x66),
}

const renewal: ActivationRequest = {
  ...first,
  audience: { kind: 'log', logId: filled(0x77) },
  state: 1,
  flags: { weak: true, virtual: true, ephemeral: true },
  checkpoint: filled(0x88, 40),
  prev: filled(0x99, 16),
  listKnown: { epoch: 1_700_000_000, number: 3 },
}

function requests(): FileDraft {
  const { request: typ, challengedRequest, ...others } = deviceTyps
  const payload = payloadOf(signRequest(first, device))
  const other = vectorSigner('other device')
  const signed = signRequest(first, device)
  return {
    format: 'request',
    section: '§6.1',
    about:
      'Opens a request of a machine: only after its key ID is the thumbprint of the key inside, and the signature of that key holds.',
    shared: { deviceKey: vectorKey('device') },
    cases: [
      good('a first contact', { bytes: signed }),
      good('a renewal', { bytes: signRequest(renewal, device) }),
      good('the answer to a challenge', { bytes: signRequest({ ...renewal, challenge: filled(0xaa, 16) }, device) }),
      lossy('a key below 0 of a newer version', forge(typ, withField(payload, -1, 'ignored'))),
      ...malformed(signed),
      ...Object.entries(others).map(([name, otherTyp]): Draft =>
        bad('KIND_MISMATCH', `signed as ${name}`, forge(otherTyp, payload)),
      ),
      bad('KIND_MISMATCH', 'without a challenge, signed as the answer to one', forge(challengedRequest, payload)),
      bad('KIND_MISMATCH', 'with a challenge, signed as a request', forge(typ, withField(payload, 16, filled(1, 16)))),
      bad('UNSUPPORTED_VERSION', 'version 2', forge(typ, withField(payload, 1, 2))),
      bad('UNKNOWN_CRITICAL', 'a key from 0 of a newer version', forge(typ, withField(payload, 15, 0))),
      bad('UNKNOWN_CRITICAL', 'an unknown flag', forge(typ, withField(payload, 10, 8))),
      bad('UNKNOWN_CRITICAL', 'an unknown protected header', forge(typ, payload, new Map([[-70_000, 1]]))),
      bad('UNKNOWN_CRITICAL', 'an unprotected header', forge(typ, payload, new Map(), new Map([[-70_000, 1]]))),
      bad('SIGNATURE_INVALID', 'one bit of the signature turned over', { bytes: flipped(signed, 3) }),
      bad(
        'SIGNATURE_INVALID',
        'the key of another machine inside',
        forge(typ, withField(payload, 5, coseKeyOf(other.publicKey))),
      ),
      bad(
        'SIGNATURE_INVALID',
        'the ID of another machine in the header',
        forge(typ, payload, new Map([[4, thumbprint(other.publicKey)]])),
      ),
      bad(
        'MALFORMED',
        'a point that is not on the curve',
        forge(typ, withField(payload, 5, withField(coseKeyOf(device.publicKey), -2, filled(1)))),
      ),
      bad('MALFORMED', 'a license state that does not exist', forge(typ, withField(payload, 7, 7))),
      bad('MALFORMED', 'a nonce that is too short', forge(typ, withField(payload, 2, filled(1, 15)))),
      bad('MALFORMED', 'no anchor', forge(typ, without(payload, 6))),
    ],
  }
}

function releases(): FileDraft {
  const release: Release = {
    nonce: filled(0x11, 16),
    logId: filled(0x77),
    product: filled(0x22, 16),
    deviceKey: device.publicKey,
    time: 1_800_000_000,
    grant: filled(0x99, 16),
  }
  const signed = signRelease(release, device)
  const payload = payloadOf(signed)
  const { release: typ, ...others } = deviceTyps
  return {
    format: 'release',
    section: '§6.3',
    about: 'Opens a release of a machine, as a request is opened.',
    shared: { deviceKey: vectorKey('device') },
    cases: [
      good('a release', { bytes: signed }),
      lossy('a key below 0 of a newer version', forge(typ, withField(payload, -1, 'ignored'))),
      ...malformed(signed),
      ...Object.entries(others).map(([name, otherTyp]): Draft =>
        bad('KIND_MISMATCH', `signed as ${name}`, forge(otherTyp, payload)),
      ),
      bad('UNSUPPORTED_VERSION', 'version 2', forge(typ, withField(payload, 1, 2))),
      bad('UNKNOWN_CRITICAL', 'a key from 0 of a newer version', forge(typ, withField(payload, 6, 0))),
      bad('SIGNATURE_INVALID', 'one bit of the signature turned over', { bytes: flipped(signed, 3) }),
      bad('MALFORMED', 'a name instead of a log', forge(typ, withField(payload, 3, 'host.example:1688'))),
    ],
  }
}

function agentProofs(): FileDraft {
  const proof: AgentProof = {
    nonce: filled(0x11),
    product: filled(0x22, 16),
    deviceKey: device.publicKey,
    time: 1_800_000_000,
    uid: 1000,
    leaseDigest: filled(0x33),
  }
  const { nonce, product, uid, leaseDigest } = proof
  const expected = { nonce, product, uid, leaseDigest, machine }
  const signed = signAgentProof(proof, device)
  const payload = payloadOf(signed)
  const { agentProof: typ, ...others } = deviceTyps
  const shortest = { nonce: filled(0x11, 16), uid: 0 }
  const longest = { nonce: filled(0x11, 64), uid: noUid }
  const made = (changes: typeof shortest): Input => ({
    bytes: signAgentProof({ ...proof, ...changes }, device),
    expected: { ...expected, ...changes },
  })
  return {
    format: 'agent-proof',
    section: '§6.6',
    about: 'Opens the proof of an agent, as a request is opened, and only when it is the answer to what was asked.',
    shared: { deviceKey: vectorKey('device'), expected },
    cases: [
      good('a proof', { bytes: signed }),
      good('with the shortest nonce, for the first account', made(shortest)),
      good('with the longest nonce, where accounts have no numbers', made(longest)),
      lossy('a key below 0 of a newer version', forge(typ, withField(payload, -1, 'ignored'))),
      ...malformed(signed),
      ...Object.entries(others).map(([name, otherTyp]): Draft =>
        bad('KIND_MISMATCH', `signed as ${name}`, forge(otherTyp, payload)),
      ),
      bad('KIND_MISMATCH', 'another context', forge(typ, withField(payload, 17, 'volact agent proof v2'))),
      bad('PROOF_MISMATCH', 'another nonce', { bytes: signed, expected: { ...expected, nonce: filled(0x12) } }),
      bad('PROOF_MISMATCH', 'another machine', { bytes: signed, expected: { ...expected, machine: filled(0x12) } }),
      bad('PROOF_MISMATCH', 'another product', { bytes: signed, expected: { ...expected, product: filled(0x12, 16) } }),
      bad('PROOF_MISMATCH', 'another lease', { bytes: signed, expected: { ...expected, leaseDigest: filled(0x12) } }),
      bad('PROOF_MISMATCH', 'another account', { bytes: signed, expected: { ...expected, uid: 1001 } }),
      bad('UNSUPPORTED_VERSION', 'version 2', forge(typ, withField(payload, 1, 2))),
      bad('UNKNOWN_CRITICAL', 'a key from 0 of a newer version', forge(typ, withField(payload, 3, 0))),
      bad('SIGNATURE_INVALID', 'one bit of the signature turned over', { bytes: flipped(signed, 3) }),
      bad(
        'SIGNATURE_INVALID',
        'the key of another machine inside',
        forge(typ, withField(payload, 5, coseKeyOf(vectorSigner('other device').publicKey))),
      ),
      bad('MALFORMED', 'a nonce that is too short', forge(typ, withField(payload, 2, filled(0x11, 15)))),
      bad('MALFORMED', 'a nonce that is too long', forge(typ, withField(payload, 2, filled(0x11, 65)))),
      bad('MALFORMED', 'an account beyond 32 bits', forge(typ, withField(payload, 18, noUid + 1))),
      bad('MALFORMED', 'no digest of the lease file', forge(typ, without(payload, 19))),
    ],
  }
}
