import { equal } from '../bytes.ts'
import { documentKinds } from './kinds.ts'
import { sha256 } from '../crypto.ts'
import type { Signer } from '../crypto.ts'
import { MerkleTree } from '../transparency/merkle.ts'
import { leafHash } from '../transparency/node-hash.ts'
import { minutes } from '../time.ts'
import type { Instant } from '../time.ts'
import { extensionOids } from '../x509/oids.ts'
import { makeIssuing, makeLeaf, makeRoot, newSigner, validFrom, validUntil } from './certificates.fixture.ts'
import type { CertificateOptions, Issued } from './certificates.fixture.ts'
import { encodeEntitlementExtension } from './entitlement.ts'
import type { Entitlement } from './entitlement.ts'
import type { Grant } from './grant.ts'
import type { HardwareId } from './hardware-id.ts'
import { encodeEntry } from './ledger-entry.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import type { Lease } from './lease.ts'
import { encodeReceipt } from './receipt.ts'
import { signTreeHead } from './tree-head.ts'
import type { ReceiptKind, SignedTreeHead } from './tree-head.ts'
import type { ExpectedAnswer, ExpectedProduct, ExpectedRequest } from './verify-answer.ts'

/** An array of bytes that only look different: 32 of them unless a length is given. */
export function filled(byte: number, length = 32): Uint8Array {
  return new Uint8Array(length).fill(byte)
}

/** When the hosts of tests are set up. */
export const start: Instant = validFrom + minutes(600)

/** When they grant. */
export const grantTime: Instant = start + minutes(60)

const lease = minutes(60 * 24 * 180)

/** The hardware ID of hosts in tests. */
export const hardware: HardwareId = { anchor: filled(0x0a), vector: [filled(0x0b, 8), ...Array<null>(9).fill(null)] }

/** The product that is asked for in tests. */
export const product: ExpectedProduct = {
  activationId: '6f0e1f0a-0000-4000-8000-00000000000a',
  group: 7,
  generation: 2,
  family: 'desktop',
  threshold: 25,
}

const activationIdBytes = Uint8Array.from([0x6f, 0x0e, 0x1f, 0x0a, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 0x0a])

/** The request that is answered in tests. */
export const request: ExpectedRequest = {
  digest: filled(0xd1),
  nonce: filled(0x11, 16),
  machine: filled(0x33),
  anchor: filled(0x44),
}

/** What a test may have otherwise about its host. */
export interface TestHostOptions {
  readonly root?: Issued
  readonly issuing?: Issued
  readonly issuer?: Issued
  readonly signer?: Signer
  readonly eku?: string
  readonly entitlement?: Partial<Entitlement>
  readonly leaf?: CertificateOptions
}

/** A host with certificate and ledger, made of the real parts; what it signs is real, honest or not. */
export class TestHost {
  readonly root: Issued
  readonly issuing: Issued
  readonly leaf: Issued
  readonly entitlement: Entitlement
  readonly logId: Uint8Array
  readonly entries: Uint8Array[] = []
  readonly tree: MerkleTree = new MerkleTree()

  constructor(options: TestHostOptions = {}) {
    const signer = options.signer ?? newSigner()
    this.root = options.root ?? makeRoot()
    this.issuing = options.issuing ?? makeIssuing(this.root)
    this.logId = leafHash(this.append(hostActivation(signer)))
    this.entitlement = { ...anEntitlement, logId: this.logId, ...options.entitlement }
    this.leaf = makeLeaf(options.issuer ?? this.issuing, options.eku ?? documentKinds['host-receipt'].eku, {
      signer,
      extensions: [[extensionOids.entitlement, encodeEntitlementExtension(this.entitlement)]],
      ...options.leaf,
    })
    this.append({ kind: 'certificate', index: 1, time: start, x5t: this.x5t, notAfter: validUntil })
  }

  get x5t(): Uint8Array {
    return sha256(this.leaf.der)
  }

  get chain(): readonly Uint8Array[] {
    return [this.leaf.der, this.issuing.der]
  }

  /** Appends an entry, and gives its bytes. */
  append(entry: LedgerEntry): Uint8Array {
    const bytes = encodeEntry(entry)
    this.entries.push(bytes)
    this.tree.append(leafHash(bytes))
    return bytes
  }

  /** The grant that answers `request`, as the next entry of the ledger, with what a test wants otherwise. */
  grant(changes: Partial<Grant> = {}): Grant {
    return { ...aGrant, logId: this.logId, index: this.tree.size, ...changes }
  }

  /** Signs the tree as it is. */
  sign(time: Instant = grantTime, kind: ReceiptKind = 'host-receipt'): SignedTreeHead {
    const { size } = this.tree
    const head = { size, time, logId: this.logId, x5t: this.x5t, root: this.tree.root() }
    return signTreeHead(head, this.leaf.signer, kind)
  }

  /** Gives the receipt of an entry under a tree head that was signed. */
  receipt(entry: Uint8Array, signed: SignedTreeHead, from?: number): Uint8Array {
    const { size } = signed.head
    const index = this.entries.findIndex((bytes) => equal(bytes, entry))
    const consistency = from === undefined ? undefined : { from, path: this.tree.consistencyPath(from, size) }
    return encodeReceipt(signed, { index, path: this.tree.inclusionPath(index, size) }, consistency)
  }

  /** Appends the grant and signs: what an answer holds. */
  lease(changes: Partial<Grant> = {}, options: { time?: Instant; from?: number } = {}): Lease {
    const entry = this.append({ kind: 'grant', grant: this.grant(changes) })
    return { entry, receipt: this.receipt(entry, this.sign(options.time), options.from), chain: this.chain }
  }

  /** What a machine expects that trusts this host's vendor. */
  expected(changes: Partial<ExpectedAnswer> = {}): ExpectedAnswer {
    return { roots: [this.root.certificate], request, product, ...changes }
  }
}

const aGrant = {
  machine: request.machine,
  expires: grantTime + lease,
  notBefore: grantTime,
  issued: grantTime,
  cti: filled(0x55, 16),
  nonce: request.nonce,
  product: activationIdBytes,
  anchor: request.anchor,
  count: 30,
  threshold: product.threshold,
  thresholdSource: 'policy',
  activationMinutes: 120,
  renewalMinutes: 10_080,
  features: [],
  req: request.digest,
  detailsDigest: filled(0x66),
  state: 2,
  flags: { weak: false, virtual: false, ephemeral: false },
} as const

const anEntitlement = {
  customer: 'Example Customer',
  environment: 'production',
  groups: [{ group: 7, generation: 3 }],
  thresholds: new Map<string, number>(),
  aboveQuantity: 'report',
  features: [],
  agreementEnds: validUntil,
  recoveryKey: filled(0x77),
  hardware,
  attested: false,
  serial: 12,
  noteKey: filled(0x88),
  weakCounts: false,
} as const

function hostActivation({ publicKey }: Signer): LedgerEntry {
  const keys = { signingKey: publicKey, recoveryKey: anEntitlement.recoveryKey, noteKey: anEntitlement.noteKey }
  return { kind: 'host-activation', index: 0, time: start, ...keys, hardware, cti: filled(0x99, 16) }
}
