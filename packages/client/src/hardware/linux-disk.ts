import type { SystemFiles } from './system-files.ts'

/** Finds the serial number of the disk that `/` lies on; nothing where that cannot be told, as in many containers. */
export function linuxDiskSerial(files: SystemFiles): string | undefined {
  const device = rootDevice(files)
  const disk = device === undefined ? undefined : wholeDisk(device, files)
  return disk === undefined ? undefined : diskSerial(disk, files)
}

/** proc(5), /proc/PID/mountinfo: fields 3 (major:minor) and 5 (mount point), and the source two after the hyphen. */
function rootDevice(files: SystemFiles): string | undefined {
  const mounts = files.text('/proc/self/mountinfo')?.split('\n') ?? []
  const root = mounts.map((line) => line.split(' ')).findLast((fields) => fields[4] === '/')
  if (root === undefined) return undefined
  const numbers = root[2] ?? ''
  // Btrfs and overlays have no device of their own; the source may name one all the same.
  if (!numbers.startsWith('0:')) return files.target(`/sys/dev/block/${numbers}`)
  const source = root[root.indexOf('-') + 2] ?? ''
  if (!source.startsWith('/dev/')) return undefined
  const name = (files.target(source) ?? source).split('/').at(-1) ?? ''
  return files.target(`/sys/class/block/${name}`)
}

/** From a partition to its disk, and from encrypted, joined or mirrored devices to the first that they are made of. */
function wholeDisk(device: string, files: SystemFiles, depth = 0): string | undefined {
  if (depth > 8) return undefined
  const up = (path: string): string | undefined => wholeDisk(path, files, depth + 1)
  if (files.exists(`${device}/partition`)) return up(device.slice(0, device.lastIndexOf('/')))
  const [below] = files.names(`${device}/slaves`)
  const lower = below === undefined ? undefined : files.target(`${device}/slaves/${below}`)
  return lower === undefined ? device : up(lower)
}

// In this order, and first what every account may read: an anchor must not depend on who asks.
const serialFiles = ['device/serial', 'serial', 'device/wwid', 'wwid', 'device/cid', 'device/vpd_pg80']

function diskSerial(disk: string, files: SystemFiles): string | undefined {
  const found = serialFiles
    .map((name) => files.text(`${disk}/${name}`))
    .find((text) => text !== undefined && text !== '')
  // A T10 name ends with the serial, after maker and model; other names are serials as a whole.
  return found?.startsWith('t10.') === true ? found.split(/\s+/).at(-1) : found
}
