import { openRelease } from '@volact/core/document/release'
import { openRequest } from '@volact/core/document/request'
import type { Inspector } from './inspector.ts'
import { viewOf } from './view.ts'

const byItself = 'the device key that it names has signed it; no root vouches for machines'

/** What a machine asks with. It carries its own key, so that reading it is checking it. */
export const requestInspector: Inspector = {
  read: (bytes) => viewOf(openRequest(bytes)),
  verify: (bytes) => {
    openRequest(bytes)
    return { by: byItself }
  },
}

/** With what a machine gives a grant back. */
export const releaseInspector: Inspector = {
  read: (bytes) => viewOf(openRelease(bytes)),
  verify: (bytes) => {
    openRelease(bytes)
    return { by: byItself }
  },
}
