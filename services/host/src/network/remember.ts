/** Makes an answer anew only when what it depends on, in one text, has changed: strangers may ask for it as often as they like. */
export function remember<T>(dependsOn: () => string, make: () => T): () => T {
  let last: { readonly key: string; readonly value: T } | undefined
  return () => {
    const key = dependsOn()
    if (last?.key !== key) last = { key, value: make() }
    return last.value
  }
}
