/**
 * The 24 characters of a product key, in the order of their values 0 to 23. It is the set that administrators know from
 * the reference's keys: without vowels, so that no words appear, and without 0, 1, 5, L, N, S and Z, which are mistaken
 * for others.
 */
export const keyAlphabet = 'BCDFGHJKMPQRTVWXY2346789'

/** Characters of a key: 23 of payload, then 2 of check, written in five groups of five. */
export const keyLength = 25
export const payloadLength = 23
export const groupLength = 5
