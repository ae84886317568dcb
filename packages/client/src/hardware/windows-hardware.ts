import { join } from 'node:path'
import { joinParts, listComponents, memorySize, type PlatformFacts } from './hardware-facts.ts'
import { runProgram } from './run-program.ts'
import { isVirtualMachine } from './virtual-machine.ts'

// One list of texts for each name, so that one JSON object has everything. A class that fails gives an empty list.
const script = `
$ErrorActionPreference = 'SilentlyContinue'
function Read-Property($class, $property, $filter) {
  , @(Get-CimInstance -ClassName $class -Filter $filter | ForEach-Object { [string]$_.$property })
}
$system = (Get-Partition -DriveLetter $env:SystemDrive[0] | Get-Disk).Number
[ordered]@{
  uuid = Read-Property Win32_ComputerSystemProduct UUID
  board = Read-Property Win32_BaseBoard SerialNumber
  disk = Read-Property Win32_DiskDrive SerialNumber "Index=$([int]$system)"
  maker = Read-Property Win32_ComputerSystem Manufacturer
  model = Read-Property Win32_ComputerSystem Model
  boardMaker = Read-Property Win32_BaseBoard Manufacturer
  boardName = Read-Property Win32_BaseBoard Product
  firmware = Read-Property Win32_BIOS Manufacturer
  processor = Read-Property Win32_Processor Name
  ide = Read-Property Win32_IDEController PNPDeviceID
  scsi = Read-Property Win32_SCSIController PNPDeviceID
  network = Read-Property Win32_NetworkAdapter MACAddress "PhysicalAdapter=TRUE AND PNPDeviceID LIKE 'PCI%'"
  audio = Read-Property Win32_SoundDevice PNPDeviceID
  memory = Read-Property Win32_ComputerSystem TotalPhysicalMemory
  display = Read-Property Win32_VideoController PNPDeviceID
  optical = Read-Property Win32_CDROMDrive Name
} | ConvertTo-Json -Compress
`

/** Reads the hardware of a Windows machine through CIM. Tried on recorded output only: untested on Windows itself. */
export async function readWindowsHardware(systemRoot: string): Promise<PlatformFacts> {
  const powershell = join(systemRoot, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe')
  const encoded = Buffer.from(script, 'utf16le').toString('base64')
  return windowsFacts(
    (await runProgram(powershell, ['-NoProfile', '-NonInteractive', '-EncodedCommand', encoded])) ?? '',
  )
}

/** Takes the facts out of what the script has printed. */
export function windowsFacts(report: string): PlatformFacts {
  const lists = parseReport(report)
  const all = (name: string): readonly string[] => lists.get(name) ?? []
  const first = (name: string): string | undefined => all(name)[0]
  const names = ['maker', 'model', 'boardMaker', 'boardName', 'firmware'].map(first)
  return {
    systemUuid: first('uuid'),
    boardSerial: first('board'),
    diskSerial: first('disk'),
    components: listComponents({
      disk: first('disk'),
      firmware: joinParts(names),
      processor: first('processor'),
      ide: joinParts(all('ide')),
      scsi: joinParts(all('scsi')),
      network: joinParts(all('network')),
      audio: joinParts(all('audio')),
      memory: memorySize(Number(first('memory') ?? 0)),
      display: joinParts(all('display')),
      optical: joinParts(all('optical')),
    }),
    virtual: isVirtualMachine({ isGuest: false, names }),
    container: false,
  }
}

function parseReport(report: string): ReadonlyMap<string, readonly string[]> {
  const entries = Object.entries(parseObject(report))
  return new Map(
    entries.map(([name, list]) => [
      name,
      // PowerShell 5 may write a list of one as the value alone.
      [list].flat().filter((item): item is string => typeof item === 'string' && item.trim() !== ''),
    ]),
  )
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
