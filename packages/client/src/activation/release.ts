import { randomBytes } from 'node:crypto'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { nonceLength } from '@volact/core/document/limits'
import { type OpenedRelease, openRelease, signRelease } from '@volact/core/document/release'
import { verifyReleased } from '@volact/core/document/verify-released'
import { ActivationError } from '@volact/core/errors/activation-error'
import { decodeMessage, encodeMessage, type Message } from '@volact/core/wire/message'
import { silent } from '../folder/kept-file.ts'
import { changeStore } from '../folder/store.ts'
import { lockTalk } from '../folder/store-lock.ts'
import { formatHostAddress, type HostAddress } from '../host-address.ts'
import type { Installation } from '../installation.ts'
import { exchange, type Route } from '../transport.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import { applyEvent } from './license.ts'
import { requireLease } from './require-lease.ts'
import type { StoredLease } from './stored-leases.ts'

/** A lease that was given back, and is forgotten here. */
export interface Released {
  /** Slug. */
  readonly product: string
  readonly host: string
  /** Hexadecimal digits of the ledger in which the release stands. */
  readonly logId: string
}

/**
 * Gives the lease of a product back to the host that granted it (rule 38). It is forgotten only when the host has shown that the
 * release stands in its ledger: whatever goes wrong takes nothing away. `NOT_BOUND`, what `exchange` throws, the code of a refusal,
 * or those of `verifyReleased`.
 */
export async function release(
  installation: Installation,
  sold: SoldProduct,
  address: HostAddress,
  route: Route = {},
): Promise<Released> {
  const turn = await lockTalk(installation.files, installation.limits.turnMilliseconds)
  try {
    const stored = requireLease(installation, sold)
    const signed = sign(installation, sold, stored)
    const message = encodeMessage({ kind: 'release', release: signed })
    const answer = decodeMessage(await exchange(address, message, installation.limits, route))
    verify(answer, openRelease(signed), sold, stored)
    forget(installation, sold)
    return { product: sold.product.slug, host: formatHostAddress(address), logId: stored.logId }
  } finally {
    turn.release()
  }
}

function sign({ signer, now }: Installation, sold: SoldProduct, { grant, head }: StoredLease): Uint8Array {
  const nonce = new Uint8Array(randomBytes(nonceLength))
  const product = uuidToBytes(sold.expected.activationId)
  const fields = { nonce, logId: head.logId, product, deviceKey: signer.publicKey, time: now(), grant: grant.cti }
  return signRelease(fields, signer)
}

function verify(answer: Message, sent: OpenedRelease, { vendor }: SoldProduct, { lease }: StoredLease): void {
  if (answer.kind === 'refusal') throw new ActivationError(answer.code, answer.text)
  if (answer.kind !== 'released') {
    throw new ActivationError('MALFORMED', `the host answered a release with a message of kind "${answer.kind}"`)
  }
  const { entry, receipt, chain = lease.chain } = answer
  verifyReleased({ entry, receipt, chain }, { roots: vendor.roots, sent })
}

/** What is remembered first: a product without its lease is in the state that its memory says. */
function forget(installation: Installation, sold: SoldProduct): void {
  const { leases, now } = installation
  changeStore(installation, ({ settings, memory }) => {
    const stored = leases.read(sold, silent)
    return { settings, memory: applyEvent({ kind: 'released' }, sold, stored, memory, now()) }
  })
  leases.remove(sold)
}
