/**
 * Finds the ways in which named things lead back to themselves, each once, as `[a, b, a]`. Names that lead nowhere known
 * are passed over. Takes steps in proportion to the edges, whoever wrote them.
 */
export function findCycles(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const cycles: (readonly string[])[] = []
  const done = new Set<string>()
  const way: string[] = []
  const walk = (name: string): void => {
    const start = way.indexOf(name)
    if (start !== -1) cycles.push([...way.slice(start), name])
    if (start !== -1 || done.has(name)) return
    way.push(name)
    for (const next of edges.get(name) ?? []) walk(next)
    way.pop()
    done.add(name)
  }
  for (const name of edges.keys()) walk(name)
  return cycles
}
