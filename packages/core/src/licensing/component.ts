/** A component of the hardware as the probe reports it: a text, or nothing where it cannot be read. */
export type Component = string | undefined

// What firmware says where a maker has filled in nothing. Compared after `fold`, without spaces and punctuation.
const placeholders: ReadonlySet<string> = new Set([
  '0123456789',
  '1234567890',
  '123456789',
  '12345678',
  'baseboardserialnumber',
  'chassisserialnumber',
  'default',
  'defaultstring',
  'empty',
  'invalid',
  'na',
  'none',
  'notapplicable',
  'notavailable',
  'notpresent',
  'notset',
  'notspecified',
  'null',
  'oem',
  'serialnumber',
  'systemserialnumber',
  'systemuuid',
  'tobefilledbyoem',
  'unknown',
  'unspecified',
  // UUIDs that whole series of boards were shipped with.
  '03000200040005000006000700080009',
  '00020003000400050006000700080009',
  '12345678123456789012123456789012',
  '123456781234567890abcddeefaabbcc',
])

// One character over and over (zeros, Fs, Xs), and the serial that QEMU gives to every first, second … disk.
const placeholderPattern = /^(?:(.)\1*|qm0*\d{1,5})$/

/** Gives a component in the form in which it is hashed, or `undefined` when it is absent or a placeholder (rule 34). */
export function presentComponent(component: Component): string | undefined {
  const text = fold(component ?? '')
  const bare = text.replace(/[^a-z0-9\u0080-\uffff]/g, '')
  return bare === '' || placeholders.has(bare) || placeholderPattern.test(bare) ? undefined : text
}

/** ASCII letters only, since what larger alphabets fold to changes with each version of Unicode, and an anchor must not. */
function fold(text: string): string {
  return text
    .toWellFormed()
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
