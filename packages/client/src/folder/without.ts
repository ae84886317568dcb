/** Gives a value without some of its fields. */
export function without<T extends object, K extends keyof T>(value: T, ...names: readonly K[]): Omit<T, K> {
  const rest = { ...value }
  for (const name of names) Reflect.deleteProperty(rest, name)
  return rest
}
