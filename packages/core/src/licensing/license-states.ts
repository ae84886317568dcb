/** The seven states with the numbers and the words that administrators know. */
export const licenseStates = {
  unlicensed: { number: 0, printName: 'Unlicensed' },
  licensed: { number: 1, printName: 'Licensed' },
  'initial-grace': { number: 2, printName: 'Initial grace period' },
  'out-of-tolerance-grace': { number: 3, printName: 'Out-of-tolerance grace period' },
  'non-genuine-grace': { number: 4, printName: 'Non-genuine grace period' },
  notification: { number: 5, printName: 'Notification' },
  'extended-grace': { number: 6, printName: 'Extended grace period' },
} as const

/** One of the seven names. */
export type LicenseStateName = keyof typeof licenseStates
