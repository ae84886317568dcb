import type { Elevation, OldOption } from './option.ts'

/** Who could use an option in the old command. */
export const rightsThere: Readonly<Record<Elevation, string>> = {
  yes: 'administrator',
  no: 'any account',
  'unless set': 'administrator, or any account if allowed',
  online: 'any account with a setup key, else administrator',
  container: 'who may write into the container of the directory',
}

/**
 * Who may use it here. What looks into the folder of the machine is for the administrator, to whom that belongs; what is not
 * connected yet, for whom it was.
 */
export function rightsHere({ standing, elevated, verb }: OldOption): 'administrator' | 'any account' {
  const looksInside = standing.kind === 'connected' && verb !== 'ddescr'
  const willChange = standing.kind === 'not-yet' && elevated === 'yes'
  return looksInside || willChange ? 'administrator' : 'any account'
}
