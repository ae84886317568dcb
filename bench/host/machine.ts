import { createPrivateKey, randomBytes, sign } from 'node:crypto'
import { newRequest } from '@volact/client/activation/outgoing-request'
import { concat } from '@volact/core/bytes'
import { generatePrivateKey, sha256, type Signer } from '@volact/core/crypto'
import { encodeDetails } from '@volact/core/document/details'
import type { LicenseState } from '@volact/core/licensing/license-state'
import { days, type Instant } from '@volact/core/time'
import { encodeFrame } from '@volact/core/wire/frame'
import type { Sold } from './vendor.ts'

/** What a machine keeps: a private key, the key that its salts come from, its anchor, and the number that its name comes from. */
export interface Machine {
  readonly number: number
  readonly signer: Signer
  readonly saltKey: Uint8Array
  readonly anchor: Uint8Array
}

/** The grant that a machine holds, and the checkpoint of the tree that it was proven in. */
export interface Held {
  readonly cti: Uint8Array
  readonly expires: Instant
  readonly checkpoint: Uint8Array
}

/** What a machine asks with. */
export interface Asking {
  readonly time: Instant
  /** Nothing for a first activation. */
  readonly held?: Held
  readonly challenge?: Uint8Array
}

const keyLength = 138 // A P-256 key in PKCS#8, as Node writes it.
const pointLength = 65
const digestLength = 32

/** Length of a machine in a file, in bytes. */
export const machineLength: number = keyLength + 2 * digestLength

/** Makes the bytes of a new machine. */
export function makeMachine(): Uint8Array {
  const key = generatePrivateKey('ESP256')
  if (key.length !== keyLength) throw new Error(`a private key has ${String(key.length)} bytes`)
  return concat(key, new Uint8Array(randomBytes(2 * digestLength)))
}

/** Reads the machine of a number out of the bytes of several, the first of which has the number `first`. */
export function readMachine(bytes: Uint8Array, number: number, first: number): Machine {
  const from = (number - first) * machineLength
  const own = bytes.slice(from, from + machineLength)
  const [saltAt, anchorAt] = [keyLength, keyLength + digestLength]
  return {
    number,
    signer: signerOf(own.slice(0, saltAt)),
    saltKey: own.slice(saltAt, anchorAt),
    anchor: own.slice(anchorAt),
  }
}

/** A signer that spares the import of its public key, which the private one ends with: that would be half of all the time. */
function signerOf(der: Uint8Array): Signer {
  const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
  return {
    publicKey: { algorithm: 'ESP256', bytes: der.slice(-pointLength) },
    sign: (data) => new Uint8Array(sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })),
  }
}

/** Makes the frame of a request as the client makes it: a first activation, or the renewal of what it holds. */
export function frameOf(machine: Machine, sold: Sold, { time, held, challenge }: Asking): Uint8Array {
  const { signer, saltKey, anchor } = machine
  const known = held && { checkpoint: held.checkpoint, prev: held.cti, knownCertificate: sold.certificate }
  const { bytes } = newRequest(
    {
      vendor: sold.vendor,
      audience: held
        ? { kind: 'log', logId: sold.logId }
        : { kind: 'address', address: 'activation.corp.example:1688' },
      activationId: sold.product.activationId,
      deviceKey: signer.publicKey,
      machine: { anchor, flags: { weak: false, virtual: false, ephemeral: false }, details: detailsOf(machine) },
      state: held ? licensed(held.expires) : initialGrace(time + days(30)),
      ...known,
      ...(challenge && { challenge }),
    },
    { signer, saltKey },
    time,
  )
  return encodeFrame(bytes)
}

/** As long as a real machine's are, and the same each time. */
function detailsOf({ number, anchor }: Machine): Uint8Array {
  const [high, low] = [(number >> 8) & 255, number & 255]
  return encodeDetails({
    name: `machine-${String(number).padStart(8, '0')}.corp.example`,
    addresses: [`10.${String((number >> 16) & 255)}.${String(high)}.${String(low)}`],
    vector: Array.from({ length: 10 }, (_, part) => sha256(anchor, Uint8Array.of(part)).slice(0, 8)),
    version: '0.1.0',
    system: 'Linux 6.8.0-45-generic x86_64',
  })
}

function licensed(until: Instant): LicenseState {
  return { state: 'licensed', until, enforcement: 'none' }
}

function initialGrace(until: Instant): LicenseState {
  return { state: 'initial-grace', reason: 'IN_INITIAL_GRACE', until, enforcement: 'notify' }
}
