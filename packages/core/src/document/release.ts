import { equal } from '../bytes.ts'
import { sha256 } from '../crypto.ts'
import type { PublicKey, Signer } from '../crypto.ts'
import type { Instant } from '../time.ts'
import type { SignedData } from '../cose/sign1.ts'
import { type DeviceDocument, openDeviceDocument, readDeviceDocument, signDeviceDocument } from './device-document.ts'
import { deviceTyps } from './kinds.ts'
import { ctiLength, digestLength, nonceLength, uuidLength } from './limits.ts'

/** A machine gives a grant back (rule 38, protocol.md §6.3). It knows the log, because it has a grant of it. */
export interface Release {
  /** 16 random bytes. */
  readonly nonce: Uint8Array
  readonly logId: Uint8Array
  /** Activation ID, 16 bytes. */
  readonly product: Uint8Array
  readonly deviceKey: PublicKey
  /** The client's clock. */
  readonly time: Instant
  /** The `cti` of the grant given back, 16 bytes. */
  readonly grant: Uint8Array
}

/** A release whose signature holds. */
export interface OpenedRelease {
  readonly release: Release
  /** The machine ID, 32 bytes. */
  readonly machine: Uint8Array
  /** SHA-256 over the release as received, 32 bytes. */
  readonly digest: Uint8Array
}

/** Signs a release with the device key that it names. */
export function signRelease(release: Release, signer: Signer): Uint8Array {
  if (!equal(release.deviceKey.bytes, signer.publicKey.bytes)) throw new Error('a release is signed by its device key')
  const payload = new Map<number, Uint8Array | number>([
    [2, release.nonce],
    [3, release.logId],
    [4, release.product],
    [8, release.time],
    [13, release.grant],
  ])
  return signDeviceDocument(deviceTyps.release, payload, signer)
}

/** Opens a release: only after its signature holds, as with `openRequest`, and with the same errors. */
export function openRelease(bytes: Uint8Array): OpenedRelease {
  return releaseIn(openDeviceDocument(bytes, [deviceTyps.release], 'release'), bytes)
}

/** A release whose signature is still to be verified: until then nothing that it says is believed. */
export interface UnverifiedRelease {
  readonly opened: OpenedRelease
  readonly signed: SignedData
}

/** Reads what `openRelease` opens, and leaves the signature to be verified elsewhere. */
export function readRelease(bytes: Uint8Array): UnverifiedRelease {
  const document = readDeviceDocument(bytes, [deviceTyps.release], 'release')
  return { opened: releaseIn(document, bytes), signed: document.signed }
}

function releaseIn({ fields, deviceKey, machine }: DeviceDocument, bytes: Uint8Array): OpenedRelease {
  const release = {
    nonce: fields.bytes(2, nonceLength),
    logId: fields.bytes(3, digestLength),
    product: fields.bytes(4, uuidLength),
    deviceKey,
    time: fields.uint(8),
    grant: fields.bytes(13, ctiLength),
  }
  fields.end()
  return { release, machine, digest: sha256(bytes) }
}
