import { randomBytes } from 'node:crypto'
import { generatePrivateKey, type Signer, signerFromPkcs8 } from '@volact/core/crypto'
import { encodeCheckpoint } from '@volact/core/document/checkpoint'
import { encodeDetails, detailsDigest } from '@volact/core/document/details'
import { encodeEntry } from '@volact/core/document/ledger-entry'
import { signRequest } from '@volact/core/document/request'
import { signTreeHead } from '@volact/core/document/tree-head'
import { leafHash } from '@volact/core/transparency/node-hash'
import { thumbprint } from '@volact/core/cose/key'
import type { DetailsRecord } from './details-record.ts'
import type { Ledger } from './ledger.ts'

/** A host's log, as far as a test of the ledger needs one. */
export interface TestLog {
  readonly signer: Signer
  readonly entry0: Uint8Array
  readonly logId: Uint8Array
  readonly noteSigner: Signer
}

/** Makes a signing key and entry 0. */
export function makeLog(
  pkcs8: Uint8Array = generatePrivateKey('ESP256'),
  notePkcs8: Uint8Array = generatePrivateKey('Ed25519'),
): TestLog {
  const signer = signerFromPkcs8(pkcs8)
  const noteSigner = signerFromPkcs8(notePkcs8)
  const entry0 = encodeEntry({
    ...{ kind: 'host-activation', index: 0, time: 1_000, signingKey: signer.publicKey },
    ...{ recoveryKey: randomBytes(32), noteKey: noteSigner.publicKey.bytes, cti: randomBytes(16) },
    hardware: { anchor: randomBytes(32), vector: Array.from({ length: 10 }, () => null) },
  })
  return { signer, entry0, logId: leafHash(entry0), noteSigner }
}

/** Makes an entry of some machine; its `cti` differs each time. */
export function sighting(
  index: number,
  machine: Uint8Array = randomBytes(32),
  anchor: Uint8Array = randomBytes(32),
): Uint8Array {
  return encodeEntry({
    ...{ kind: 'sighting', index, time: 1_000 + index, machine, anchor },
    ...{ application: randomBytes(16), cti: randomBytes(16), flags: { weak: false, virtual: false, ephemeral: false } },
  })
}

/** Makes a sighting with the signed request and the details that lie beside it. */
export function sightingWithDetails(index: number): { entry: Uint8Array; record: DetailsRecord } {
  const device = signerFromPkcs8(generatePrivateKey('ESP256'))
  const details = encodeDetails({ name: `machine-${index}` })
  const salt = new Uint8Array(randomBytes(16))
  const request = signRequest(
    {
      ...{ nonce: randomBytes(16), audience: { kind: 'address', address: 'host:1688' }, product: randomBytes(16) },
      ...{ deviceKey: device.publicKey, anchor: randomBytes(32), state: 0, time: 1_000, minutesLeft: 0 },
      flags: { weak: false, virtual: false, ephemeral: false },
      detailsDigest: detailsDigest(salt, details),
    },
    device,
  )
  return { entry: sighting(index, thumbprint(device.publicKey)), record: { index, request, salt, details } }
}

/** Signs the head over all entries, and keeps it. */
export function signHead(ledger: Ledger, log: Pick<TestLog, 'signer' | 'logId'>): void {
  const head = {
    size: ledger.size,
    time: ledger.lastTime,
    logId: log.logId,
    x5t: new Uint8Array(32),
    root: ledger.root(),
  }
  ledger.writeHead(encodeCheckpoint(signTreeHead(head, log.signer)), head)
}
