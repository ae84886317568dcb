import { joinParts } from './hardware-facts.ts'
import type { SystemFiles } from './system-files.ts'

/** Names the PCI devices whose class begins with one of these digits (PCI Code and ID Assignment, 1.16 §1). */
export function pciDevices(files: SystemFiles, ...classes: readonly string[]): string | undefined {
  const folder = '/sys/bus/pci/devices'
  const devices = files
    .names(folder)
    .filter((name) => classes.some((digits) => files.text(`${folder}/${name}/class`)?.startsWith(`0x${digits}`)))
  return joinParts(
    devices.map((name) =>
      [files.text(`${folder}/${name}/vendor`), files.text(`${folder}/${name}/device`)].join(':').replaceAll('0x', ''),
    ),
  )
}

/** Names the built-in network cards by the addresses that they were made with. What hangs on USB comes and goes. */
export function networkCards(files: SystemFiles): string | undefined {
  const folder = '/sys/class/net'
  const cards = files.names(folder).filter((name) => {
    const isBuiltIn = files.exists(`${folder}/${name}/device`) && !files.target(`${folder}/${name}`)?.includes('/usb')
    return isBuiltIn && files.text(`${folder}/${name}/addr_assign_type`) === '0'
  })
  return joinParts(cards.map((name) => files.text(`${folder}/${name}/address`)))
}

/** Names the optical drives by maker and model. */
export function opticalDrives(files: SystemFiles): string | undefined {
  const drives = files.names('/sys/block').filter((name) => /^sr\d+$/.test(name))
  return joinParts(
    drives.flatMap((name) => ['vendor', 'model'].map((file) => files.text(`/sys/block/${name}/device/${file}`))),
  )
}
