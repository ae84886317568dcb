import { parentPort } from 'node:worker_threads'
import { verify } from '@volact/core/crypto'
import { verdictsOf } from './signature-parcel.ts'

// One thread of the pool: parcels of signatures in, a byte for each of them out. It knows no ledger, no clock and no file.
parentPort?.on('message', (parcel: Uint8Array) => {
  parentPort?.postMessage(verdictsOf(parcel, verify))
})
