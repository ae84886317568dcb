import { openSign1, parseSign1, signatureInput } from '../cose/sign1.ts'
import { encodeCheckpoint, openCheckpoint, parseCheckpoint } from '../document/checkpoint.ts'
import { documentKinds } from '../document/kinds.ts'
import type { DocumentKind } from '../document/kinds.ts'
import { encodeReceipt, openReceipt, parseReceipt } from '../document/receipt.ts'
import type { Consistency, Inclusion } from '../document/receipt.ts'
import { signTreeHead } from '../document/tree-head.ts'
import type { ReceiptKind, TreeHead } from '../document/tree-head.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { MerkleTree } from '../transparency/merkle.ts'
import { leafHash } from '../transparency/node-hash.ts'
import { rootFromInclusion, verifyConsistency } from '../transparency/proof.ts'
import { verifyPath } from '../x509/path.ts'
import { bytesIn, certificatesIn, keyIn, numberIn, signerIn, textIn } from './vector-format.fixture.ts'
import type { VectorFormat } from './vector-format.fixture.ts'
import type { Named } from './vector-json.fixture.ts'

/** What is signed and proven about a ledger, and who may sign what, by the names of their files. */
export const ledgerFormats: Readonly<Record<string, VectorFormat>> = {
  'merkle-tree': {
    open: ({ entries }) => {
      const tree = new MerkleTree()
      for (const entry of entries as readonly Uint8Array[]) tree.append(leafHash(entry))
      return { root: tree.root() }
    },
  },
  inclusion: {
    open: (input) => ({ root: rootOf(input) }),
  },
  consistency: {
    open: (input) => {
      if (verifyConsistency(input as unknown as Parameters<typeof verifyConsistency>[0])) return { holds: true }
      throw new ActivationError('CONSISTENCY_FAILED', 'the proof does not hold')
    },
  },
  'tree-head': {
    open: (input) => {
      const { protectedBytes } = signTreeHead(headIn(input), signerIn(input, 'hostKey'), kindIn(input))
      return { protected: protectedBytes, signed: signatureInput(protectedBytes, bytesIn(input, 'root')) }
    },
  },
  checkpoint: {
    open: (input) => openCheckpoint(bytesIn(input, 'bytes'), keyIn(input, 'key'), kindIn(input)),
    write: (output, input) => {
      const { protectedBytes, signature } = parseCheckpoint(bytesIn(input, 'bytes'))
      return encodeCheckpoint({ head: output as unknown as TreeHead, protectedBytes, signature })
    },
  },
  receipt: {
    open: (input) => {
      const receipt = parseReceipt(bytesIn(input, 'bytes'))
      const { inclusion, consistency } = receipt
      const head = openReceipt(receipt, bytesIn(input, 'entry'), keyIn(input, 'key'), kindIn(input))
      return { head, inclusion, consistency }
    },
    write: ({ head, inclusion, consistency }, input) => {
      const { protectedBytes, signature } = parseReceipt(bytesIn(input, 'bytes'))
      const signed = { head: head as TreeHead, protectedBytes, signature }
      return encodeReceipt(signed, inclusion as Inclusion, consistency as Consistency | undefined)
    },
  },
  kinds: {
    open: (input) => {
      const kind = textIn(input, 'expected') as DocumentKind
      const [leaf, ...intermediates] = certificatesIn(input, 'chain')
      if (leaf === undefined) throw new Error('the case has no leaf')
      const { eku, typ } = documentKinds[kind]
      const question = { leaf, intermediates, roots: certificatesIn(input, 'roots'), eku, at: numberIn(input, 'at') }
      const path = verifyPath({ ...question, directlyUnderRoot: kind === 'revocation-list' })
      return { payload: openSign1(parseSign1(bytesIn(input, 'bytes')), { typ, key: path.leaf.publicKey }) }
    },
  },
}

function rootOf(input: Named): Uint8Array {
  const root = rootFromInclusion(input as unknown as Parameters<typeof rootFromInclusion>[0])
  if (root !== undefined) return root
  throw new ActivationError('RECEIPT_INVALID', 'the proof leads to no root')
}

function headIn(input: Named): TreeHead {
  const [logId, x5t, root] = [bytesIn(input, 'logId'), bytesIn(input, 'x5t'), bytesIn(input, 'root')]
  return { size: numberIn(input, 'size'), time: numberIn(input, 'time'), logId, x5t, root }
}

function kindIn(input: Named): ReceiptKind {
  return input['kind'] === undefined ? 'host-receipt' : (textIn(input, 'kind') as ReceiptKind)
}
