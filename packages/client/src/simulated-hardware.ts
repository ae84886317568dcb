import { vectorComponents } from '@volact/core/licensing/vector'
import { ActivationError } from '@volact/core/errors/activation-error'
import { utf8 } from '@volact/core/bytes'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'
import { parseJsonObject } from './folder/kept-file.ts'
import { clientFiles, fileLimits } from './folder/client-files.ts'
import type { HardwareFacts } from './hardware/hardware-facts.ts'

/**
 * Writes the simulated hardware of a client's folder (`hardware.json`). It is taken instead of the real one only for a vendor
 * all of whose roots are marked as ones for tests, and status says so: on a count that matters nobody can make up machines
 * with a text editor.
 */
export function writeSimulatedHardware(dir: string, facts: HardwareFacts): void {
  writeDurably(clientFiles(dir).hardware, utf8(`${JSON.stringify(facts, undefined, 2)}\n`))
}

/** Reads the simulated hardware of a client's folder; nothing where there is none, `FOLDER_DAMAGED` where it is no such file. */
export function readSimulatedHardware(dir: string): HardwareFacts | undefined {
  const path = clientFiles(dir).hardware
  try {
    return parseFacts(parseJsonObject(readLimited(path, fileLimits.hardware, 'the simulated hardware')))
  } catch (cause) {
    if (!(cause instanceof ActivationError)) throw cause
    if (cause.code === 'FILE_MISSING') return undefined
    const message = `${path} does not describe hardware: ${cause.message}; correct it or delete it`
    throw new ActivationError('FOLDER_DAMAGED', message, { cause, data: { path } })
  }
}

function parseFacts(fields: ReadonlyMap<string, unknown>): HardwareFacts {
  return {
    systemUuid: optionalText(fields, 'systemUuid'),
    boardSerial: optionalText(fields, 'boardSerial'),
    diskSerial: optionalText(fields, 'diskSerial'),
    components: components(fields.get('components')),
    virtual: fields.get('virtual') === true,
    container: fields.get('container') === true,
    hostname: optionalText(fields, 'hostname') ?? '',
    os: optionalText(fields, 'os') ?? '',
    addresses: texts(fields.get('addresses') ?? [], 'addresses').map((address) => address ?? ''),
  }
}

function components(value: unknown): readonly (string | undefined)[] {
  const list = texts(value, 'components')
  if (list.length === vectorComponents.length) return list
  throw malformed(`"components" must have ${String(vectorComponents.length)} items, not ${String(list.length)}`)
}

/** JSON has no way to leave an item of a list out, so it is null there. */
function texts(value: unknown, name: string): readonly (string | undefined)[] {
  if (!Array.isArray(value)) throw malformed(`"${name}" must be a list`)
  return value.map((item: unknown) => toText(item ?? undefined, name))
}

function optionalText(fields: ReadonlyMap<string, unknown>, name: string): string | undefined {
  return toText(fields.get(name) ?? undefined, name)
}

function toText(value: unknown, name: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw malformed(`"${name}" must hold texts`)
}

function malformed(message: string): ActivationError {
  return new ActivationError('MALFORMED', message)
}
