import type { LicenseEvent } from '@volact/core/licensing/license-event'
import { equal } from '@volact/core/bytes'
import { applyEvent, recordOf } from '../activation/license.ts'
import { anchorFor } from '../activation/machine.ts'
import type { Memory } from '../folder/license-memory.ts'
import { silent } from '../folder/kept-file.ts'
import { readStore, type Store, writeStore } from '../folder/store.ts'
import { whileLocked } from '../folder/store-lock.ts'
import type { Installation } from '../installation.ts'
import { installedProducts } from '../installed-products.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import type { FoundHardware } from '../hardware/found-hardware.ts'
import { judgeSeal, type SealJudgement } from './judge-seal.ts'
import { copiedMemory } from './copied-memory.ts'
import { dropBound } from './drop-bound.ts'
import { takeNewIdentity } from './new-identity.ts'
import { inspectSeal, writeSeal } from './seal.ts'

/**
 * Compares the hardware with the one that the folder belongs to (rules 34, 36). On other hardware the folder is a copy, and
 * becomes another machine; out of tolerance the licenses go into their grace until they are renewed; within tolerance nothing
 * happens, and the next grant accepts what has changed. `FOLDER_IN_USE`, or what the disk says.
 */
export function settleIdentity(installation: Installation, found: FoundHardware): void {
  installation.identity.refresh()
  if (nextStep(installation, found) === undefined) return
  whileLocked(installation.files, () => {
    // Another program may have settled it meanwhile.
    installation.identity.refresh()
    nextStep(installation, found)?.()
  })
}

/** What is to be done; nothing nearly always. */
function nextStep(installation: Installation, found: FoundHardware): (() => void) | undefined {
  const { files, identity } = installation
  const seal = inspectSeal(files, identity.key.sealKey)
  if (seal.kind === 'unreadable') return undefined
  const judged = judgeSeal(seal.kind === 'read' ? seal.value : undefined, found)
  // Another program, or a full disk, may hinder what is to be done.
  if (judged.judgement === 'other-machine') identity.findElsewhere()
  else identity.findHere()
  switch (judged.judgement) {
    case 'other-machine':
      return () => {
        becomeOther(installation, found)
      }
    case 'unsealed':
      return () => {
        sealAnew(installation, judged, found)
      }
    case 'out-of-tolerance':
      return changeOf(installation, { kind: 'hardware-changed' })
    case 'same':
    case 'changed-within':
      return changeOf(installation, { kind: 'hardware-accepted' })
  }
}

/** The memory first: it says what happened to whoever finds a new machine here. */
function becomeOther(installation: Installation, found: FoundHardware): void {
  const before = readStore(installation, silent)
  writeStore(installation.files, { ...before, memory: copiedMemory(before.memory, installation.now()) }, before)
  takeNewIdentity(installation, found)
}

/**
 * Seals a folder that has no seal, or not one of this key: a new one, one in which a new identity was not finished, or one whose
 * seal was lost. What is bound to another key goes; a lease that was granted for other hardware than this begins its grace, and then
 * only a grant seals the folder: with a seal the next start would find the hardware that it belongs to.
 */
function sealAnew(installation: Installation, judged: SealJudgement, found: FoundHardware): void {
  const { files, identity, vendors } = installation
  dropBound(files, identity.key.machineId)
  const isElsewhere = (sold: SoldProduct): boolean => isGrantedElsewhere(installation, sold, found)
  changeOf(installation, { kind: 'hardware-changed' }, isElsewhere)?.()
  const { settings } = readStore(installation, silent)
  if (installedProducts(vendors, settings, silent).some(isElsewhere)) return
  writeSeal(files, identity.key.sealKey, judged.fitting)
}

function isGrantedElsewhere(installation: Installation, sold: SoldProduct, { facts }: FoundHardware): boolean {
  const stored = installation.leases.read(sold, silent)
  return stored !== undefined && !equal(stored.grant.anchor, anchorFor(installation, sold.vendor, facts).anchor)
}

/** The change of all licenses that an event makes; nothing where it makes none. */
function changeOf(
  installation: Installation,
  event: LicenseEvent,
  isMeant: (sold: SoldProduct) => boolean = () => true,
): (() => void) | undefined {
  const before = readStore(installation, silent)
  const memory = applied(installation, before, event, isMeant)
  if (memory === before.memory) return undefined
  return () => {
    writeStore(installation.files, { ...before, memory }, before)
  }
}

function applied(
  installation: Installation,
  { settings, memory }: Store,
  event: LicenseEvent,
  isMeant: (sold: SoldProduct) => boolean,
): Memory {
  const { vendors, leases, now } = installation
  return installedProducts(vendors, settings, silent)
    .filter(isMeant)
    .reduce((changed, sold) => {
      const stored = leases.read(sold, silent)
      const isChanged = recordOf(sold, stored, changed, now()).hardwareChanged !== undefined
      const isDone = event.kind === 'hardware-changed' ? isChanged || stored === undefined : !isChanged
      return isDone ? changed : applyEvent(event, sold, stored, changed, now())
    }, memory)
}
