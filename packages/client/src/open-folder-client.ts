import { requireOwnFolder } from '@volact/files/own-folder'
import type { Client } from './client.ts'
import { type ClientSurroundings, openClientWith, type PolicyOption } from './open-client.ts'
import { readVendors } from './vendors/folder-vendors.ts'
import { folderVendors, type VendorPlace } from './vendors/vendor-place.ts'

export interface FolderClientOptions extends ClientSurroundings, PolicyOption {
  readonly dir: string
  /** Where the vendors are read; the client's own folder, which is shown as unprotected, where nothing is given. */
  readonly vendors?: VendorPlace
}

/**
 * Opens a client for the command line and the agent, with the vendors of a place on the disk (rule 11). `VENDORS_UNPROTECTED`;
 * `FOLDER_NOT_WRITABLE` for root in the folder of another account.
 */
export async function openFolderClient({ vendors, ...surroundings }: FolderClientOptions): Promise<Client> {
  requireOwnFolder(surroundings.dir)
  return openClientWith(surroundings, (note) => readVendors(vendors ?? folderVendors(surroundings.dir), note))
}
