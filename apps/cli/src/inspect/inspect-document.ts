import { type DocumentName, identifyDocument } from '@volact/core/document/identify'
import { ActivationError } from '@volact/core/errors/activation-error'
import { attempt } from '@volact/core/errors/attempt'
import { certificateInspector } from './certificate.ts'
import { releaseInspector, requestInspector } from './device-document.ts'
import { type Inspector, isTestRoot, type Trust } from './inspector.ts'
import { leaseFileInspector } from './lease-file.ts'
import { ledgerEntryInspector } from './ledger-entry.ts'
import { messageFileInspector, messageInspector } from './message.ts'
import { packInspector, starterInspector } from './pack.ts'
import { reportInspector } from './report.ts'
import { revocationListInspector } from './revocation-list.ts'
import { checkpointInspector, receiptInspector } from './tree-head.ts'
import type { View } from './view.ts'

/** What was found out about a file. */
export interface Inspection {
  readonly kind: DocumentName
  readonly content: View
  /** What vouches for it; nothing when that was not asked. */
  readonly verified?: { readonly by: string; readonly root?: string; readonly testRoot: boolean }
}

/**
 * Reads any of our documents, and checks it if there is something to check it against. Whatever is wrong with the document is an
 * `ActivationError` that the bytes caused, never one of usage; only a checkpoint needs more than a root.
 */
export function inspectDocument(bytes: Uint8Array, trust?: Trust): Inspection {
  const kind = identifyDocument(bytes)
  const { read, verify } = inspectorOf(kind)
  const content = read(bytes)
  if (trust === undefined) return { kind, content }
  const { by, root } = verify(bytes, trust)
  const about = root === undefined ? { testRoot: false } : { root: root.subject.text, testRoot: isTestRoot(root) }
  return { kind, content, verified: { by, ...about } }
}

function inspectorOf(kind: DocumentName): Inspector {
  const inspector = inspectors[kind]
  if (inspector !== undefined) return inspector
  const what = refused[kind] ?? 'this version shows no such documents'
  throw new ActivationError(kind === 'unknown' ? 'MALFORMED' : 'KIND_MISMATCH', `${kind}: ${what}`)
}

const inspectors: Readonly<Partial<Record<DocumentName, Inspector>>> = {
  'lease-file': leaseFileInspector,
  report: reportInspector,
  starter: starterInspector,
  'message-file': messageFileInspector(openInside),
  message: messageInspector(openInside),
  pack: packInspector,
  receipt: receiptInspector,
  checkpoint: checkpointInspector,
  'authority-receipt': receiptInspector,
  'authority-checkpoint': checkpointInspector,
  'revocation-list': revocationListInspector,
  request: requestInspector,
  'challenged-request': requestInspector,
  release: releaseInspector,
  'ledger-entry': ledgerEntryInspector,
  certificate: certificateInspector,
  'pem-certificates': certificateInspector,
}

const refused: Readonly<Partial<Record<DocumentName, string>>> = {
  'private-key': 'it is a private key, and private keys are shown to nobody',
  'pem-certificate-request': '"openssl req -text" shows it',
  unknown: 'these bytes are none of our documents; the file is damaged, cut short, or something else',
}

function openInside(bytes: Uint8Array): View | undefined {
  const inspector = inspectors[identifyDocument(bytes)]
  if (inspector === undefined) return undefined
  const view = attempt(() => inspector.read(bytes))
  return view instanceof ActivationError ? `${bytes.length} bytes, damaged: ${view.message}` : view
}
