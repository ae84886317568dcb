import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { getServers } from 'node:dns'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DiscoveryReport } from '@volact/client/discovery/discovery-report'
import type { Client } from '@volact/client/open-client'
import { type FolderClientOptions, openFolderClient } from '@volact/client/open-folder-client'
import { systemPolicy } from '@volact/client/policy/policy-place'
import { readPolicy } from '@volact/client/policy/read-policy'
import { webByPolicy } from '@volact/client/web/web-by-policy'
import type { WebSettings } from '@volact/client/web/web-settings'
import { readVendors } from '@volact/client/vendors/folder-vendors'
import { findSold, type Vendor } from '@volact/client/vendors/vendor'
import { folderVendors, type VendorPlace } from '@volact/client/vendors/vendor-place'
import { applicationOf } from '@volact/core/catalog/applications'
import { ActivationError } from '@volact/core/errors/activation-error'
import { attemptOrNothing } from '@volact/core/errors/attempt'
import type { ErrorCode } from '@volact/core/errors/table'
import type { Instant } from '@volact/core/time'
import type { ClientEvidence, Evidence, WantedProduct } from './evidence.ts'
import { probeHost } from './probe-host.ts'

/** What is looked at. */
export interface Question {
  readonly dir: string
  readonly vendors: VendorPlace
  /** Where else the client looks, if not where it does by itself. */
  readonly places: Pick<FolderClientOptions, 'policy' | 'network'>
  readonly product?: string
  readonly search: { readonly host?: string; readonly domain?: string; readonly dns?: string }
  /** For each connection and each answer. */
  readonly milliseconds: number
  readonly now: () => Instant
  /** What the environment says of the way through the web. */
  readonly web: WebSettings
}

/** Looks at this machine, at DNS and at the hosts. Changes nothing, and is counted nowhere. */
export async function gatherEvidence(question: Question): Promise<Evidence> {
  const { now, milliseconds, search } = question
  const { evidence, discovery } = await lookAtMachine(question)
  const hosts = await Promise.all(
    discovery.hosts.map((host) => probeHost(host, { milliseconds, now, web: webOf(question) })),
  )
  return {
    now: now(),
    machineName: hostname(),
    dnsServers: search.dns === undefined ? getServers() : [search.dns],
    discovery,
    hosts,
    client: evidence,
  }
}

/** As the client has it: what the policy says stands above the environment. What is wrong with it is said elsewhere. */
function webOf({ web, places: { policy = systemPolicy(process.platform) } }: Question): WebSettings {
  return attemptOrNothing(() => webByPolicy(readPolicy(policy), web)) ?? web
}

interface MachineSeen {
  readonly evidence: ClientEvidence
  readonly discovery: DiscoveryReport
}

async function lookAtMachine(question: Question): Promise<MachineSeen> {
  const { dir, product, search } = question
  const opened = await open(question)
  if (!(opened instanceof ActivationError)) {
    const evidence = describeClient(opened, question)
    return { evidence, discovery: await closing(opened, () => opened.discover(product, search)) }
  }
  const { code, message } = opened
  return { evidence: { kind: 'closed', dir, code, message }, discovery: await discoverWithoutFolder(question, code) }
}

async function open({ dir, vendors, now, places }: Question): Promise<Client | ActivationError> {
  try {
    return await openFolderClient({ dir, vendors, now, create: false, ...places })
  } catch (error) {
    if (error instanceof ActivationError) return error
    throw error
  }
}

/** What a machine without a usable folder would find: for a moment it is given an empty one. */
async function discoverWithoutFolder(question: Question, why: ErrorCode): Promise<DiscoveryReport> {
  const { now, places, search } = question
  const dir = mkdtempSync(join(tmpdir(), 'volact-doctor-'))
  const vendors = why === 'VENDORS_UNPROTECTED' ? folderVendors(dir) : question.vendors
  try {
    const client = await openFolderClient({ dir, vendors, now, ...places })
    return await closing(client, () => client.discover(undefined, search))
  } finally {
    rmSync(dir, { recursive: true })
  }
}

async function closing<T>(client: Client, use: () => Promise<T>): Promise<T> {
  try {
    return await use()
  } finally {
    await client.close()
  }
}

function describeClient(client: Client, { dir, vendors: place, product }: Question): ClientEvidence {
  const status = client.status(product)
  const vendors = readVendors(place, () => undefined)
  const wanted = wantedBy(status, vendors)
  const freeBytes = freeBytesOf(dir)
  return {
    ...{ kind: 'opened', dir, status, settings: client.hostSettings() },
    vendors: vendors.map(({ catalog: { vendor }, protection }) => ({ id: vendor.id, name: vendor.name, protection })),
    ...(wanted && { wanted }),
    ...(freeBytes !== undefined && { freeBytes }),
  }
}

function wantedBy(
  { product, vendor, threshold, state }: ReturnType<Client['status']>,
  vendors: readonly Vendor[],
): WantedProduct | undefined {
  const sold = product && findSold(vendors, product.activationId, vendor?.id)
  if (sold === undefined) return undefined
  const { expected, vendor: seller } = sold
  return {
    vendor: seller.catalog.vendor.id,
    name: sold.product.name,
    application: applicationOf(seller.catalog, sold.product).id,
    group: expected.group,
    generation: expected.generation,
    threshold: threshold ?? expected.threshold,
    isLicensed: state === 'licensed',
  }
}

function freeBytesOf(dir: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(dir)
    return bavail * bsize
  } catch {
    return undefined
  }
}
