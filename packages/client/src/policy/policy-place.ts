/** Where a policy lies: a file, on Windows a key of the registry, and for simulated machines nowhere. */
export type PolicyPlace =
  | {
      readonly kind: 'file'
      readonly path: string
      /** Whether it is believed only where nobody but root can change it; tests alone say no. */
      readonly protection: 'system' | 'none'
    }
  | { readonly kind: 'registry'; readonly path: string }
  | { readonly kind: 'nowhere'; readonly path: string }

/** Simulated machines are nobody's, whatever is laid down for the computer that they run on. */
export const noPolicyPlace: PolicyPlace = { kind: 'nowhere', path: 'nowhere' }

/** The one place that holds for every program of the machine, whoever runs it (rule 11). */
export function systemPolicy(platform: NodeJS.Platform): PolicyPlace {
  if (platform === 'win32') return { kind: 'registry', path: String.raw`HKLM\SOFTWARE\Policies\Volact` }
  const path = platform === 'darwin' ? '/Library/Application Support/Volact/policy.toml' : '/etc/volact/policy.toml'
  return { kind: 'file', path, protection: 'system' }
}
