import { utf8 } from '@volact/core/bytes'
import { findGroup } from '@volact/core/catalog/key-groups'
import { ActivationError } from '@volact/core/errors/activation-error'
import { parseProductKey } from '@volact/core/product-key/parse-product-key'
import { lastFive, type ProductKey } from '@volact/core/product-key/product-key'
import { askControl } from '@volact/files/control-socket'
import { openFolder } from '@volact/files/data-folder'
import { writeDurably } from '@volact/files/durable'
import { chooseVendor, openVendor, type Vendor, vendorIds } from './folder/vendor.ts'
import { withHostFolder } from './folder/with-host-folder.ts'

export interface InstallKeyOptions {
  /** Needed only where several vendors of this host have a key group of the same number. */
  readonly vendor?: string
}

export interface InstalledKey {
  readonly vendor: string
  /** Name of the key group. */
  readonly group: string
  readonly serial: number
  readonly lastFive: string
}

/** Installs a host key, for `activateHost` to use; the running host does it itself. Of what is no host key, `KEY_INVALID` says what it is. */
export async function installKey(dir: string, text: string, options: InstallKeyOptions = {}): Promise<InstalledKey> {
  expectHostKey(parseProductKey(text))
  const question = { verb: 'key-install', key: text, ...options }
  const asked = await askControl(openFolder(dir, 'host').path, question)
  // What answers there is a host of this folder's owner, and of the version that runs here.
  return asked === undefined
    ? withHostFolder(dir, (path) => putKey(path, text, options))
    : (asked.answer as InstalledKey)
}

/** Puts a host key into a folder whose lock is held. */
export function putKey(hostDir: string, text: string, { vendor }: InstallKeyOptions): InstalledKey {
  const key = expectHostKey(parseProductKey(text))
  const { id, files, pack } = vendorOf(hostDir, key, vendor)
  const group = findGroup(pack.catalog, key.group)
  if (group === undefined) throw unknownGroup(key, [id])
  writeDurably(files.hostKey, utf8(`${key.reveal()}\n`))
  return { vendor: id, group: group.name, serial: key.serial, lastFive: lastFive(key) }
}

function expectHostKey(key: ProductKey): ProductKey {
  if (key.kind === 'host') return key
  const what =
    key.kind === 'setup'
      ? 'is a setup key: it is public, belongs on the machines (volact client key install), and activates no host'
      : 'is a MAK: it activates machines one by one, and no host'
  throw new ActivationError('KEY_INVALID', `the key ending in ${lastFive(key)} ${what}; install the host key here`)
}

/** The vendor that is named or is the only one; of several, the only one that knows the group of the key. */
function vendorOf(hostDir: string, key: ProductKey, named: string | undefined): Vendor {
  const ids = vendorIds(hostDir)
  if (named !== undefined || ids.length <= 1) return chooseVendor(hostDir, named)
  const fitting = ids.map((id) => openVendor(hostDir, id)).filter(({ pack }) => findGroup(pack.catalog, key.group))
  const [only, ...more] = fitting
  if (only === undefined) throw unknownGroup(key, ids)
  return more.length === 0 ? only : chooseVendor(hostDir, undefined)
}

function unknownGroup(key: ProductKey, vendors: readonly string[]): ActivationError {
  const message =
    `the key ending in ${lastFive(key)} is of key group ${key.group}, which the installed pack of ` +
    `${vendors.join(', ')} does not know: install the vendor's newest pack, or take the right key`
  return new ActivationError('KEY_INVALID', message)
}
