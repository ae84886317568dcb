import { existsSync } from 'node:fs'
import { rootFingerprint } from '@volact/core/document/fingerprint'
import { identifyDocument } from '@volact/core/document/identify'
import { openPack } from '@volact/core/document/pack'
import { parseStarter } from '@volact/core/document/starter'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { extensionValue, parseCertificate } from '@volact/core/x509/certificate'
import { extensionOids } from '@volact/core/x509/oids'
import { type ActivatedHost, activateHost } from './activate-host.ts'
import type { HardwareProbe } from './activation/hardware.ts'
import { type Change, changeConfig } from './config/change-config.ts'
import { hostFiles, vendorFiles } from './folder/files.ts'
import { initHost } from './init-host.ts'
import { installKey } from './install-key.ts'
import { installPack } from './install-pack.ts'

/** What a starter file or pack says of itself, to be shown before it is used (rule 48). */
export interface OfferedVendor {
  readonly id: string
  readonly name: string
  /** SHA-256 of the vendor's root, as people compare it. */
  readonly fingerprint: string
  readonly test: boolean
  readonly authority?: string
}

/** Reads what a starter file or pack offers. Nothing of it is believed yet but that it fits together. */
export function readOffered(bytes: Uint8Array, now: Instant): OfferedVendor {
  const starter = identifyDocument(bytes) === 'starter' ? parseStarter(bytes) : undefined
  const roots = starter?.roots.map(parseCertificate)
  const { catalog, root } = openPack(starter?.pack ?? bytes, roots ?? 'first-use', now)
  return {
    ...catalog.vendor,
    fingerprint: rootFingerprint(root),
    test: extensionValue(root, extensionOids.testRoot) !== undefined,
    ...(starter !== undefined && { authority: starter.authority }),
  }
}

/** All that a host is set up with. */
export interface SetupPlan {
  readonly dir: string
  readonly starter: Uint8Array
  /** Not needed where one was installed before. */
  readonly hostKey?: string
  readonly authority?: string
  readonly settings: readonly Change[]
  readonly recoveryKeyFile?: string
  readonly now: () => Instant
  readonly probe: HardwareProbe
  /** Is told of each step when it is done. */
  readonly onStep: (text: string) => void
  /** Is given the recovery key, which is shown this once, as soon as it is made: what fails later must not take it along. */
  readonly onRecoveryKey: (key: string) => void
}

/** How far a host is set up; a set-up that was interrupted goes on from there. */
export interface SetupState {
  readonly hasFolder: boolean
  readonly hasKey: boolean
  readonly isActivated: boolean
}

/** Looks how far a folder is set up for a vendor. */
export function setupState(dir: string, vendor: string): SetupState {
  const { hostKey, chain } = vendorFiles(dir, vendor)
  return { hasFolder: existsSync(hostFiles(dir).record), hasKey: existsSync(hostKey), isActivated: existsSync(chain) }
}

/** Sets a host up: folder, pack, key, activation, settings. What was done before is not done again. */
export async function setupHost(plan: SetupPlan): Promise<ActivatedHost | undefined> {
  const { dir, starter, now, onStep } = plan
  const offered = readOffered(starter, now())
  const state = setupState(dir, offered.id)
  if (!state.hasFolder) makeFolder(plan)
  const { number, vendor } = await installPack(dir, starter, { now: now() })
  onStep(`pack ${number} of ${vendor.name} is installed`)
  if (plan.settings.length > 0) {
    changeConfig(dir, plan.settings)
    onStep(`${hostFiles(dir).config} has ${plan.settings.map(({ key, text }) => `${key} = ${text ?? ''}`).join(', ')}`)
  }
  await takeKey(plan, offered, state)
  return state.isActivated ? undefined : activate(plan, offered)
}

function makeFolder({ dir, now, recoveryKeyFile, onStep, onRecoveryKey }: SetupPlan): void {
  const made = initHost({ dir, now: now(), ...(recoveryKeyFile !== undefined && { recoveryKeyFile }) })
  onStep(`the host's folder is ${made.dir}`)
  if (made.recoveryKey !== undefined) onRecoveryKey(made.recoveryKey)
}

async function takeKey({ dir, hostKey, onStep }: SetupPlan, { id }: OfferedVendor, state: SetupState): Promise<void> {
  if (hostKey !== undefined) {
    const { group, lastFive } = await installKey(dir, hostKey, { vendor: id })
    onStep(`the host key for ${group} (…-${lastFive}) is installed`)
    return
  }
  if (state.hasKey || state.isActivated) return
  throw new ActivationError(
    'USAGE',
    'a host key is needed: give it with --key-file FILE, or on standard input with --key-file -',
  )
}

async function activate(plan: SetupPlan, { id }: OfferedVendor): Promise<ActivatedHost> {
  const { dir, now, probe, authority } = plan
  return activateHost(dir, { vendor: id, now: now(), probe, ...(authority !== undefined && { authority }) })
}
