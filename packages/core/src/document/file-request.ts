import type { Signer } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { days } from '../time.ts'
import { openDeviceDocument } from './device-document.ts'
import { deviceTyps } from './kinds.ts'
import {
  type ActivationRequest,
  type OpenedRequest,
  readRequestFields,
  requestDigest,
  signRequestAs,
} from './request.ts'

/** How long a file request is answered, and how long its answer is taken (rule 46). */
export const fileRequestLifetime: number = days(30)

/** Signs a request that goes to its host as a file: a kind of its own, so that no recording from the network is one (rules 4, 46). */
export function signFileRequest(request: Omit<ActivationRequest, 'challenge'>, signer: Signer): Uint8Array {
  return signRequestAs(deviceTyps.fileRequest, request, signer)
}

/** Opens a file request; whoever answers it is there in person, so that it needs no challenge, and holds none. The codes of `openRequest`. */
export function openFileRequest(bytes: Uint8Array): OpenedRequest {
  const { fields, deviceKey, machine } = openDeviceDocument(bytes, [deviceTyps.fileRequest], 'file request')
  const request = readRequestFields(fields, deviceKey)
  if (request.challenge === undefined) return { request, machine, digest: requestDigest(bytes) }
  throw new ActivationError('KIND_MISMATCH', 'a file request answers no challenge')
}
