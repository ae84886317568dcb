import { equal } from '@volact/core/bytes'
import { type HostActivationEntry } from '@volact/core/document/plain-entry'
import { parseEntry } from '@volact/core/document/ledger-entry'
import { ActivationError } from '@volact/core/errors/activation-error'
import { leafHash } from '@volact/core/transparency/node-hash'
import { type CertificateRequest, parseCertificateRequest } from '@volact/core/x509/request'

/** A host's wish that is proven to come from who holds the signing key of exactly this log (rule 7). */
export interface ProvenHostRequest extends CertificateRequest {
  readonly entry: HostActivationEntry
}

/**
 * Reads a PKCS#10 request and entry 0 of the ledger that it is for. `MALFORMED`, `SIGNATURE_INVALID`, or `LOG_MISMATCH`
 * when the two are of different logs or keys.
 */
export function readHostRequest(request: Uint8Array, entryBytes: Uint8Array): ProvenHostRequest {
  const proven = parseCertificateRequest(request)
  const entry = parseEntry(entryBytes)
  if (entry.kind !== 'host-activation') {
    throw new ActivationError('MALFORMED', `the first entry of a ledger is a host-activation, not a ${entry.kind}`)
  }
  if (!equal(leafHash(entryBytes), proven.logId)) {
    throw new ActivationError('LOG_MISMATCH', 'the request names another log than the one its entry 0 begins')
  }
  if (!equal(entry.signingKey.bytes, proven.publicKey.bytes)) {
    throw new ActivationError('LOG_MISMATCH', 'the request is for another signing key than the one in entry 0')
  }
  return { ...proven, entry }
}
