import { win32 } from 'node:path'

/** A key of the Windows registry as `reg query` prints it. */
export interface RegistryKey {
  /** Whole path, as it is printed: `HKEY_LOCAL_MACHINE\…`. */
  readonly path: string
  /** By name in lower case. */
  readonly values: ReadonlyMap<string, RegistryValue>
}

export interface RegistryValue {
  readonly type: string
  readonly data: string
}

/** The program that reads the registry, by its whole path: Windows would look for a bare name in the working folder first. */
export function registryProgram(systemRoot: string = String.raw`C:\Windows`): string {
  return win32.join(systemRoot, 'System32', 'reg.exe')
}

/** Reads what `reg query` prints: paths at the beginning of a line, and below each its values, indented by four spaces. */
export function parseRegistry(printed: string): readonly RegistryKey[] {
  const keys: { readonly path: string; readonly values: Map<string, RegistryValue> }[] = []
  for (const line of printed.split(/\r?\n/)) {
    if (line.startsWith('HKEY_')) keys.push({ path: line.trim(), values: new Map() })
    const [, name = '', type, data = ''] = /^ {4}(.+?) {4}(REG_[A-Z_]+)(?: {4}(.*))?$/.exec(line) ?? []
    if (type !== undefined) keys.at(-1)?.values.set(name.toLowerCase(), { type, data })
  }
  return keys
}
