/** Rows of confirmations, which activate by file or by digits where there is no network. The numbers are those of the reference. */
export const confirmationRows = [
  {
    name: 'CONFIRMATION_MALFORMED',
    number: 0xc004f02c,
    exit: 10,
    meaning: 'What was given is not a confirmation.',
    cause: 'Characters other than digits slipped in, a file was changed on the way, or the installation ID was given.',
    remedy: 'Give the confirmation exactly as the vendor gave it, without changing anything.',
  },
  {
    name: 'CONFIRMATION_WRONG_VERSION',
    number: 0xc004f02d,
    exit: 10,
    meaning: 'The confirmation has a version that this program does not know.',
    cause: 'It was made for another product, or by a newer version.',
    remedy: 'Ask for a new confirmation for this product, or update this program.',
  },
  {
    name: 'CONFIRMATION_WRONG_LENGTH',
    number: 0xc004f02f,
    exit: 10,
    meaning: 'The confirmation has too few digits or too many.',
    cause: 'A group of digits was left out or typed twice.',
    remedy: 'Compare group by group with what the vendor gave, and type it again.',
  },
  {
    name: 'CONFIRMATION_NOT_STORED',
    number: 0xc004f030,
    exit: 4,
    meaning: 'The confirmation is right but could not be kept on this machine.',
    cause: 'This account may not write the folder of the client, or the disk is full.',
    remedy: 'Run the command as an administrator; the same confirmation may be given again.',
  },
  {
    name: 'CONFIRMATION_MISMATCH',
    number: 0xc004f031,
    exit: 10,
    meaning: 'The confirmation belongs to another installation ID.',
    cause:
      'It was made for another machine, or the hardware or the key of this one has changed since it was asked for.',
    remedy: 'Show the installation ID of this machine again, and ask for a confirmation for that one.',
  },
  {
    name: 'CONFIRMATION_MISTYPED',
    number: 0xc004f04d,
    exit: 10,
    meaning: 'The check digits do not fit: a digit is wrong.',
    cause: 'A digit of the installation ID or of the confirmation was mistyped or misheard.',
    remedy: 'Read it out and type it again; each group has a check digit that shows where the mistake is.',
  },
] as const
