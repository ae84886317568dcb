/** The part of a name before its zone; `@` for the zone itself, as all tools write it. */
export function relativeName(name: string, zone: string): string {
  return name === zone ? '@' : name.slice(0, -zone.length - 1)
}
