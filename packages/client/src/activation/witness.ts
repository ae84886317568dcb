import { equal } from '@volact/core/bytes'
import { openCheckpoint, parseCheckpoint } from '@volact/core/document/checkpoint'
import { entryTime, parseEntry } from '@volact/core/document/ledger-entry'
import { attemptOrNothing } from '@volact/core/errors/attempt'
import type { ErrorCode } from '@volact/core/errors/table'
import { days } from '@volact/core/time'
import { readAcceptedRecovery } from '../folder/accepted-recovery.ts'
import { type KeptCheckpoint, readCheckpoint } from '../folder/checkpoints.ts'
import { silent } from '../folder/kept-file.ts'
import { type Memory, withEvent } from '../folder/license-memory.ts'
import { readStore, writeStore } from '../folder/store.ts'
import { whileLocked } from '../folder/store-lock.ts'
import { formatHostAddress } from '../host-address.ts'
import type { Installation } from '../installation.ts'
import { renewBefore } from './activate.ts'
import type { StoredLease } from './stored-leases.ts'

/** Who was asked just now, by whom, for what, and how. */
type Asked = Parameters<typeof renewBefore>[1]

/** How often a host is asked to continue what stands in DNS, in seconds: who writes there must not steer how much is asked. */
const pause = days(1)

/**
 * Compares the ledger from which a grant has just come with the checkpoints that stand in DNS (rule 29). Whatever is not signed by
 * that host, or not newer than what is known, is ignored. Where one is larger than the ledger, the host is asked to continue it, at most
 * once a day. Only two valid signatures that contradict each other are reported, and nothing takes the lease away.
 */
export async function heedWitness(checkpoints: readonly Uint8Array[], asked: Asked): Promise<void> {
  const [installation, sold, address] = asked
  const stored = installation.leases.read(sold, silent)
  if (stored === undefined) return
  const kept = readCheckpoint(installation.files, stored.logId, silent)
  const witness = newestOf(checkpoints, stored)
  if (kept === undefined || witness === undefined || witness.head.size < kept.head.size) return
  const host = formatHostAddress(address)
  if (witness.head.size === kept.head.size) {
    const text = `the host ${host} has signed two different ledgers of ${String(kept.head.size)} entries: one stands in DNS`
    if (!equal(witness.head.root, kept.head.root)) report(installation, 'LOG_FORKED', text)
    return
  }
  if (isGivenUp(installation, stored.logId, witness) || !beginAsking(installation)) return
  const failure = await renewBefore(witness, asked)
  // Signed earlier and yet larger: a ledger never shrinks. Without that the host may just be slow or in trouble.
  if (failure === undefined || witness.head.time >= kept.head.time) return
  const sizes = `${String(witness.head.size)} entries stand in DNS, and later it has signed ${String(kept.head.size)}`
  report(installation, 'HOST_ROLLED_BACK', `the ledger of the host ${host} was cut back: ${sizes} (${failure.message})`)
}

/** The largest that the host of the lease has signed; a certificate that is not known here cannot be asked. */
function newestOf(checkpoints: readonly Uint8Array[], stored: StoredLease): KeptCheckpoint | undefined {
  const valid = checkpoints.flatMap((bytes) => validOf(bytes, stored) ?? [])
  return valid.toSorted((a, b) => b.head.size - a.head.size)[0]
}

function validOf(bytes: Uint8Array, { grant, hostCertificate }: StoredLease): KeptCheckpoint | undefined {
  return attemptOrNothing(() => {
    const head = parseCheckpoint(bytes)
    if (!equal(head.logId, grant.logId) || !equal(head.x5t, hostCertificate.fingerprint)) return undefined
    openCheckpoint(bytes, hostCertificate.publicKey)
    return { bytes, head }
  })
}

/** What was lost in a recovery that this client has accepted still has its signatures, and anybody may show it again (rule 27). */
function isGivenUp({ files }: Installation, logId: string, { head }: KeptCheckpoint): boolean {
  const accepted = readAcceptedRecovery(files, logId, silent)
  return (
    accepted !== undefined && head.size > accepted.recovery.kept && head.time <= entryTime(parseEntry(accepted.entry))
  )
}

/** Remembers that a host is asked now, unless one was within a day. */
function beginAsking(installation: Installation): boolean {
  const now = installation.now()
  return whileLocked(installation.files, () => {
    const { witnessed } = readStore(installation, silent).memory
    if (witnessed !== undefined && Math.abs(now - witnessed) < pause) return false
    change(installation, (memory) => ({ ...memory, witnessed: now }))
    return true
  })
}

function report(installation: Installation, code: ErrorCode, text: string): void {
  whileLocked(installation.files, () => {
    change(installation, (memory) => withEvent(memory, { at: installation.now(), code, text }))
  })
}

function change(installation: Installation, to: (memory: Memory) => Memory): void {
  const before = readStore(installation, silent)
  writeStore(installation.files, { ...before, memory: to(before.memory) }, before)
}
