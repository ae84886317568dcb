import { decodeMessage } from '@volact/core/wire/message'
import { parseMessageFile } from '@volact/core/wire/message-file'
import { type Inspector, notByItself } from './inspector.ts'
import { type View, viewOf } from './view.ts'

const why = 'a message is an envelope; what it holds is checked by whoever it is for'

/** Makes the inspector of messages of the wire; `open` shows the documents inside. */
export function messageInspector(open: (bytes: Uint8Array) => View | undefined): Inspector {
  return { read: (bytes) => viewOf(decodeMessage(bytes), open), verify: notByItself(why) }
}

/** Makes the inspector of files with messages. */
export function messageFileInspector(open: (bytes: Uint8Array) => View | undefined): Inspector {
  return {
    read: (bytes) => parseMessageFile(bytes).map((message) => viewOf(decodeMessage(message), open)),
    verify: notByItself(why),
  }
}
