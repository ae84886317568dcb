import { parseRegistry, type RegistryKey, type RegistryValue } from '../discovery/registry.ts'
import type { Entry, PlainToml, PlainValue } from './toml.ts'

/** Reads what `reg query … /s` prints of the policy's key: values are keys, and the keys below are tables. Untested on Windows. */
export function policyEntries(printed: string, root: string): PlainToml {
  const keys = parseRegistry(printed).map((key) => ({ ...key, table: tableOf(key, root) }))
  return {
    tables: keys.filter(({ table }) => table.length > 0).map(({ table, path }) => ({ table, where: path })),
    entries: keys.flatMap(({ table, path, values }) =>
      [...values].map(([key, value]): Entry => ({ table, key, value: plain(value), where: `${path}, value ${key}` })),
    ),
  }
}

/** `HKLM\SOFTWARE\Policies\Volact\Products\NAME` is the table `products.name`. */
function tableOf({ path }: RegistryKey, root: string): readonly string[] {
  const depth = root.split('\\').length
  return path
    .split('\\')
    .slice(depth)
    .map((part) => part.toLowerCase())
}

/** `reg` prints the texts of a list with `\0` between them. */
function plain({ type, data }: RegistryValue): PlainValue {
  if (type === 'REG_MULTI_SZ') return data.split(String.raw`\0`).filter((item) => item !== '')
  return type === 'REG_DWORD' ? Number(data) : data
}
