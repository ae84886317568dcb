import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromHex, toHex } from '@volact/core/bytes'
import { familyOf } from '@volact/core/catalog/applications'
import type { ExpectedProduct } from '@volact/core/document/verify-answer'
import { type Certificate, parseCertificate } from '@volact/core/x509/certificate'
import { completeActivation } from '@volact/host/activate-host'
import { identityOf } from '@volact/host/activation/identity'
import { installActivation } from '@volact/host/activation/install-activation'
import { prepareActivation } from '@volact/host/activation/prepare'
import { activationFiles } from '@volact/host/folder/files'
import { openVendor } from '@volact/host/folder/vendor'
import { initHost } from '@volact/host/init-host'
import { installKey } from '@volact/host/install-key'
import { installPack } from '@volact/host/install-pack'
import { makeVendor, start, type TestVendor } from '@volact/host/vendor.fixture'
import { openLedger } from '@volact/ledger/open-ledger'

/** Machines that a product needs before any is licensed, as in life. */
const threshold = 25

/** When a prepared host begins. */
export const beginning: number = start

/** What a client knows of the vendor and of the host that it has met. */
export interface Sold {
  readonly root: Certificate
  readonly vendor: string
  readonly product: ExpectedProduct
  readonly logId: Uint8Array
  /** Of the host's certificate, DER, leaf first, without the root. */
  readonly chain: readonly Uint8Array[]
  /** `x5t` of the leaf. */
  readonly certificate: Uint8Array
}

/** Makes a host's folder, `host`, that is activated with a vendor made for the purpose, and beside it what clients know of both. */
export async function makeActivatedHost(folder: string): Promise<void> {
  const vendor = makeVendor({ threshold })
  const dir = join(folder, 'host')
  initHost({ dir, now: start })
  await installPack(dir, vendor.pack(1), { now: start })
  await installKey(dir, vendor.hostKey)
  const { chain, logId } = await activate(dir, vendor)
  const known: Known = {
    ...{ root: toHex(vendor.root.der), vendor: vendor.catalog.vendor.id, product: productOf(vendor) },
    ...{ logId: toHex(logId), chain: chain.map(toHex) },
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'sold.json'), JSON.stringify(known))
}

/** Reads what `makeActivatedHost` wrote for clients. */
export function readSold(folder: string): Sold {
  const known = JSON.parse(readFileSync(join(folder, 'sold.json'), 'utf8')) as Known
  const chain = known.chain.map(fromHex)
  const [leaf = new Uint8Array(0)] = chain
  return {
    ...{ root: parseCertificate(fromHex(known.root)), vendor: known.vendor, product: known.product },
    ...{ logId: fromHex(known.logId), chain, certificate: parseCertificate(leaf).fingerprint },
  }
}

/** The same in a file; bytes in hexadecimal digits. */
interface Known {
  readonly root: string
  readonly vendor: string
  readonly product: ExpectedProduct
  readonly logId: string
  readonly chain: readonly string[]
}

interface Activated {
  readonly chain: readonly Uint8Array[]
  readonly logId: Uint8Array
}

async function activate(dir: string, vendor: TestVendor): Promise<Activated> {
  const opened = openVendor(dir, vendor.catalog.vendor.id)
  await prepareActivation(dir, opened, { now: start, probe: () => Promise.resolve(hardware) })
  const ledger = openLedger(activationFiles(opened.files.activation).ledger)
  const { entry, logId } = identityOf(ledger)
  ledger.close()
  const chain = vendor.certify(entry, logId)
  await completeActivation(opened, chain, start)
  installActivation(opened.files)
  return { chain, logId }
}

const hardware = {
  ...{ systemUuid: '4c4c4544-0051-3510-8052-b4c04f4d3132', boardSerial: 'B-1', diskSerial: 'D-1', virtual: false },
  components: Array.from({ length: 10 }, (_, position) => `component ${String(position)}`),
}

function productOf({ catalog, desktop }: TestVendor): ExpectedProduct {
  const sold = catalog.products.find(({ activationId }) => activationId === desktop)
  const group = catalog.groups.find(({ slug }) => slug === sold?.group)
  if (sold === undefined || group === undefined) throw new Error('the vendor does not have its own product')
  const family = familyOf(catalog, sold)
  const { activationId, generation } = sold
  return { activationId, generation, group: group.number, family: family.slug, threshold: family.threshold }
}
