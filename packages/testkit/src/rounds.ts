/** How often a trial is repeated: `full` times in `npm run test:long`, a tenth of it, at least once, in `npm test`. */
export function rounds(full: number): number {
  return isLong() ? full : Math.max(1, Math.floor(full / 10))
}

/** Says whether trials run in full. */
export function isLong(): boolean {
  return process.env['VOLACT_LONG'] === '1'
}
