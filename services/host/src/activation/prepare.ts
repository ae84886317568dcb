import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { decodeUtf8 } from '@volact/core/bytes'
import type { Signer } from '@volact/core/crypto'
import { encodeEntry } from '@volact/core/document/ledger-entry'
import type { Predecessor } from '@volact/core/document/predecessor'
import { ActivationError } from '@volact/core/errors/activation-error'
import { parseProductKey } from '@volact/core/product-key/parse-product-key'
import type { Instant } from '@volact/core/time'
import { leafHash } from '@volact/core/transparency/node-hash'
import { decodeMessage, encodeMessage } from '@volact/core/wire/message'
import { syncFolder, writeDurably } from '@volact/files/durable'
import { readLimited, requirePrivate } from '@volact/files/read-limited'
import { createHostRequest } from '@volact/keys/host-request'
import { createKeyFile, openKeyFile } from '@volact/keys/key-file'
import { openLedger } from '@volact/ledger/open-ledger'
import { activationFiles, fileLimits, hostFiles } from '../folder/files.ts'
import { readHostRecord } from '../folder/host-record.ts'
import type { Vendor } from '../folder/vendor.ts'
import { hostVersion } from '../version.ts'
import { type HardwareProbe, hardwareIdOf } from './hardware.ts'

export interface PrepareOptions {
  readonly now: Instant
  readonly probe: HardwareProbe
  /** Whom a spare stands in for (rule 47). */
  readonly predecessor?: Predecessor
}

/**
 * Makes what an activation needs in a folder of its own: signing key, new ledger with entry 0, and last the request to the
 * authority, which is returned. If an earlier try got so far with the same host key, its request is repeated byte for byte,
 * so that an answer that was lost costs no activation.
 */
export async function prepareActivation(
  hostDir: string,
  vendor: Vendor,
  { now, probe, predecessor }: PrepareOptions,
): Promise<Uint8Array> {
  const hostKey = readHostKey(vendor)
  const dir = vendor.files.activation
  const requestPath = join(dir, 'request.cbor')
  const earlier = existsSync(requestPath) ? readLimited(requestPath, fileLimits.certificates, 'the request') : undefined
  if (earlier !== undefined && isFor(hostKey, earlier)) return earlier
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { mode: 0o700 })
  const facts = await probe()
  const signer = createKeyFile(activationFiles(dir).signingKey, 'ESP256')
  const entry = encodeEntry({
    ...{ kind: 'host-activation', index: 0, time: now, signingKey: signer.publicKey },
    recoveryKey: readHostRecord(hostFiles(hostDir).record).recoveryKey,
    noteKey: openKeyFile(hostFiles(hostDir).noteKey).publicKey.bytes,
    hardware: hardwareIdOf(vendor.id, facts, signer.publicKey),
    cti: new Uint8Array(randomBytes(16)),
    ...(predecessor && { predecessor }),
  })
  await writeEntry0(dir, entry)
  const request = writeRequest(hostKey, signer, entry, facts.virtual)
  writeDurably(requestPath, request)
  syncFolder(vendor.files.dir)
  return request
}

function readHostKey({ files, id }: Vendor): string {
  if (!existsSync(files.hostKey)) {
    throw new ActivationError(
      'NO_PRODUCT_KEY',
      `no host key of ${id} is installed: run "volact host key install KEY" first`,
    )
  }
  requirePrivate(files.hostKey)
  return parseProductKey(decodeUtf8(readLimited(files.hostKey, 256, 'the host key')) ?? '').reveal()
}

function isFor(hostKey: string, request: Uint8Array): boolean {
  const message = decodeMessage(request)
  return message.kind === 'activate-host' && message.hostKey === hostKey
}

async function writeEntry0(dir: string, entry: Uint8Array): Promise<void> {
  const ledger = openLedger(activationFiles(dir).ledger, { create: true })
  try {
    await ledger.append([entry])
  } finally {
    ledger.close()
  }
}

function writeRequest(hostKey: string, signer: Signer, entry: Uint8Array, virtual: boolean): Uint8Array {
  const request = createHostRequest({ subject: 'Volact host', signer, logId: leafHash(entry) })
  return encodeMessage({ kind: 'activate-host', hostKey, request, entry, virtual, version: hostVersion })
}
