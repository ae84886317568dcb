/** On which way a product may be activated. The place in the list is the number that administrators know. */
export const activationTypes = ['any', 'directory', 'host', 'token'] as const

export type ActivationType = (typeof activationTypes)[number]

/** Says whether a text is the name of a way. */
export function isActivationType(text: unknown): text is ActivationType {
  return activationTypes.some((type) => type === text)
}
