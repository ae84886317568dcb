import { fdatasync } from 'node:fs'
import { promisify } from 'node:util'
import type { Signer } from '@volact/core/crypto'
import { decodeMessage, encodeMessage, type Message } from '@volact/core/wire/message'
import { openLedger } from '@volact/ledger/open-ledger'
import { onTestFinished } from 'vitest'
import { openActivated } from './folder/activated.ts'
import type { VendorFiles } from './folder/files.ts'
import { openVendor } from './folder/vendor.ts'
import { makeActivatedHost } from './host.fixture.ts'
import { dispatch, type HostServices } from './network/dispatch.ts'
import { productTableOf } from './network/product-table.ts'
import type { Reply } from './network/reply.ts'
import { LedgerClock } from './pipeline/clock.ts'
import { HostLog } from './pipeline/host-log.ts'
import { KnownTime } from './pipeline/known-time.ts'
import { VendorService } from './pipeline/vendor-service.ts'
import { start, type TestVendor } from './vendor.fixture.ts'
import { type VerificationLimits, verificationLimits } from './verification/limits.ts'
import { Verification } from './verification/verification.ts'
import type { Verifier } from './verification/verifier.ts'
import { verifierFor } from './verification/verifier-for.ts'

/** The service of a vendor without sockets, on a disk and with a signing device that a test breaks. */
export interface ServiceScene {
  readonly dir: string
  readonly files: VendorFiles
  readonly service: VendorService
  readonly verification: Verification
  readonly notes: readonly string[]
  readonly device: { isBroken: boolean }
  readonly disk: { isFull: boolean }
  readonly clock: { now: number }
  readonly ask: (message: Message) => Promise<Message>
  readonly close: () => Promise<void>
}

export interface SceneOptions {
  /** The folder of an earlier scene, which was closed. */
  readonly dir?: string
  /** Verifies in the place of the usual one. */
  readonly verifier?: Verifier
  readonly limits?: Partial<VerificationLimits>
}

/** Opens the service of a vendor in a fresh folder, or in that of a scene before. */
export async function openScene(
  vendor: TestVendor,
  { dir, verifier = verifierFor(), limits }: SceneOptions = {},
): Promise<ServiceScene> {
  const folder = dir ?? (await makeActivatedHost(vendor))
  const opened = openVendor(folder, vendor.catalog.vendor.id)
  const activated = openActivated(opened)
  if (activated === undefined) throw new Error('not activated')
  const { certificate, signer } = activated
  activated.ledger.close()
  const [device, disk, clock] = [{ isBroken: false }, { isFull: false }, { now: start }]
  const ledger = openLedger(opened.files.ledger, { sync: (descriptor) => syncOn(disk, descriptor) })
  const log = new HostLog(ledger, certificate, breakable(signer, device))
  const verification = new Verification(verifier, { ...verificationLimits, ...limits })
  verification.start()
  const { catalog } = opened.pack
  const terms = { catalog, entitlement: certificate.entitlement, logId: log.logId, chainEnds: certificate.notAfter }
  const now = (): number => clock.now
  const notes: string[] = []
  const service = new VendorService(terms, log, new LedgerClock({ now, elapsed: now }, ledger.lastTime), {
    ...{ vendor: opened.id, files: opened.files, verification, knownTime: new KnownTime(opened.files.knownTime) },
    observer: { note: (text) => notes.push(text) },
  })
  log.signHead(service.clock.time())
  log.keepHead()
  const close = closeOnce(service, verification)
  onTestFinished(close)
  const products = productTableOf([{ vendor: opened, service }])
  const services: HostServices = { products, services: [service], information: nobodyAsks }
  const ask = (message: Message): Promise<Message> => asked(message, services)
  return { dir: folder, files: opened.files, service, verification, notes, device, disk, clock, ask, close }
}

const syncData = promisify(fdatasync)

function syncOn(disk: { readonly isFull: boolean }, descriptor: number): Promise<void> {
  if (!disk.isFull) return syncData(descriptor)
  return Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'fdatasync' }))
}

function breakable(signer: Signer, device: { readonly isBroken: boolean }): Signer {
  return {
    publicKey: signer.publicKey,
    sign: (data) => {
      if (device.isBroken) throw new Error('the device is gone')
      return signer.sign(data)
    },
  }
}

function closeOnce(service: VendorService, verification: Verification): () => Promise<void> {
  let closed: Promise<void> | undefined
  return () =>
    (closed ??= (async () => {
      await service.close()
      await verification.close()
    })())
}

function asked(message: Message, services: HostServices): Promise<Message> {
  const { promise, resolve } = Promise.withResolvers<Message>()
  const reply: Reply = {
    address: '192.0.2.1',
    answer: (bytes = new Uint8Array(0)) => {
      resolve(decodeMessage(bytes))
    },
    answerFrame: (frame) => {
      resolve(decodeMessage(frame.subarray(4)))
    },
  }
  dispatch(encodeMessage(message), reply, services)
  return promise
}

function nobodyAsks(): never {
  throw new Error('nobody asks that here')
}
