import type { Client } from './client.ts'
import { type ClientSurroundings, openClientWith } from './open-client.ts'
import { readVendors } from './vendors/folder-vendors.ts'
import { folderVendors, type VendorPlace } from './vendors/vendor-place.ts'

export interface FolderClientOptions extends ClientSurroundings {
  /** Where the vendors are read; the client's own folder, which is shown as unprotected, where nothing is given. */
  readonly vendors?: VendorPlace
}

/** Opens a client for the command line, with the vendors of a place on the disk (rule 11). `VENDORS_UNPROTECTED`. */
export function openFolderClient({ vendors, ...surroundings }: FolderClientOptions): Promise<Client> {
  return openClientWith(surroundings, (note) => readVendors(vendors ?? folderVendors(surroundings.dir), note))
}
