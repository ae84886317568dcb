import type { SignedData } from '@volact/core/cose/sign1'
import { type PublicKey, signatureLength } from '@volact/core/crypto'

/** The length of a P-256 point, in bytes. */
const pointLength = 65

/** Four bytes of length, the point and the signature stand before the data. */
const besideData = 4 + pointLength + signatureLength

/** Packs signatures by P-256 keys into one array, so that a whole parcel costs one message between threads. */
export function packParcel(signatures: readonly SignedData[]): Uint8Array<ArrayBuffer> {
  const parcel = new Uint8Array(signatures.reduce((length, { data }) => length + besideData + data.length, 0))
  const view = new DataView(parcel.buffer)
  let at = 0
  for (const { key, data, signature } of signatures) {
    view.setUint32(at, data.length)
    parcel.set(key.bytes, at + 4)
    parcel.set(signature, at + 4 + pointLength)
    parcel.set(data, at + besideData)
    at += besideData + data.length
  }
  return parcel
}

/** Verifies each signature of a parcel, in its order: 1 for one that holds, 0 for one that does not. */
export function verdictsOf(
  parcel: Uint8Array,
  verify: (key: PublicKey, data: Uint8Array, signature: Uint8Array) => boolean,
): Uint8Array {
  const view = new DataView(parcel.buffer, parcel.byteOffset, parcel.byteLength)
  const verdicts: number[] = []
  for (let at = 0; at < parcel.length;) {
    const length = view.getUint32(at)
    const point = parcel.slice(at + 4, at + 4 + pointLength)
    const signature = parcel.subarray(at + 4 + pointLength, at + besideData)
    const data = parcel.subarray(at + besideData, at + besideData + length)
    verdicts.push(verify({ algorithm: 'ESP256', bytes: point }, data, signature) ? 1 : 0)
    at += besideData + length
  }
  return Uint8Array.from(verdicts)
}
