import { concat } from '../bytes.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { Fields } from '../cbor/fields.ts'
import type { CborMap, CborValue } from '../cbor/value.ts'
import { isValidPublicKey, sha256 } from '../crypto.ts'
import type { PublicKey, SignatureAlgorithm } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'

// Labels and values of RFC 9053 §7.
const [kty, crv, x, y] = [1, -1, -2, -3]
const [okp, ec2] = [1, 2]
const [p256, ed25519] = [1, 6]

/** A public key as COSE_Key (RFC 9053 §7.1, §7.2), with exactly the parameters that make up its thumbprint. */
export function coseKeyOf({ algorithm, bytes }: PublicKey): CborMap {
  return algorithm === 'ESP256'
    ? new Map<number, CborValue>([
        [kty, ec2],
        [crv, p256],
        [x, bytes.subarray(1, 33)],
        [y, bytes.subarray(33)],
      ])
    : new Map<number, CborValue>([
        [kty, okp],
        [crv, ed25519],
        [x, bytes],
      ])
}

/** Reads a COSE_Key of P-256, its y not compressed, or Ed25519, with nothing else in it; anything else is `MALFORMED`. */
export function parseCoseKey(value: CborValue): PublicKey {
  const fields = new Fields(value, 'COSE_Key')
  const algorithm = algorithmOf(fields.uint(kty), fields.uint(crv))
  const key = { algorithm, bytes: algorithm === 'ESP256' ? readPoint(fields) : fields.bytes(x, 32) }
  fields.endStrict()
  if (!isValidPublicKey(key)) throw new ActivationError('MALFORMED', 'COSE_Key: the point is not on the curve')
  return key
}

/** SHA-256 over the deterministic encoding of the COSE_Key (RFC 9679): 32 bytes. Of a device key, the machine ID. */
export function thumbprint(key: PublicKey): Uint8Array {
  return sha256(encodeCbor(coseKeyOf(key)))
}

function algorithmOf(type: number, curve: number): SignatureAlgorithm {
  if (type === ec2 && curve === p256) return 'ESP256'
  if (type === okp && curve === ed25519) return 'Ed25519'
  throw new ActivationError('MALFORMED', `COSE_Key: type ${type} with curve ${curve} is neither P-256 nor Ed25519`)
}

function readPoint(fields: Fields): Uint8Array {
  return concat(Uint8Array.of(4), fields.bytes(x, 32), fields.bytes(y, 32))
}
