import type { ActivateMessage } from '@volact/core/wire/activation-messages'
import type { RecognisedActivate } from '@volact/core/wire/recognise-activate'

/** Gives a recognised request with what lies beside it, as the message would be decoded. */
export function recognisedMessage(recognised: RecognisedActivate): ActivateMessage {
  const { bytes, request, requestEnd, salt, details, besideEnd, known } = recognised
  return {
    kind: 'activate',
    request: bytes.subarray(request, requestEnd),
    salt: bytes.subarray(salt, salt + 16),
    details: bytes.subarray(details, besideEnd),
    ...(known !== 0 && { knownCertificate: bytes.subarray(known, known + 32) }),
  }
}
