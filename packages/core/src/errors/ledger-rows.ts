/** Rows of the ledger and of what a host has signed before. */
export const ledgerRows = [
  {
    name: 'LOG_FORKED',
    number: 0xe056000e,
    exit: 10,
    meaning: 'The ledger of the host contradicts a checkpoint that the host has signed.',
    cause: 'The host was restored from a backup and went on, runs twice, or its ledger was rewritten.',
    remedy: 'Stop the host and recover its ledger with the recovery key, or activate it anew.',
  },
  {
    name: 'HOST_ROLLED_BACK',
    number: 0xe056000f,
    exit: 10,
    meaning: 'The ledger of the host ends before a checkpoint that the host has signed.',
    cause: 'The host was restored from an older backup or snapshot.',
    remedy: 'Restore a newer backup, or recover the ledger with the recovery key.',
  },
  {
    name: 'LOG_MISMATCH',
    number: 0xe0560010,
    exit: 10,
    meaning: 'The answer is from another ledger than the one of the certificate.',
    cause: 'The host was set up again, or its certificate belongs to another host.',
    remedy: 'Install the certificate that was made for this host, or activate the host anew.',
  },
  {
    name: 'CONSISTENCY_FAILED',
    number: 0xe0560011,
    exit: 10,
    meaning: 'The host could not prove that its ledger has only grown since the last visit.',
    cause: 'The host was restored or replaced, or its ledger was rewritten.',
    remedy: 'The running lease stays valid; examine the host with "volact host ledger verify".',
  },
  {
    name: 'LEDGER_DAMAGED',
    number: 0xe0560012,
    exit: 4,
    meaning: 'A file of the ledger is damaged.',
    cause: 'The disk failed, or something else wrote into the folder.',
    remedy: 'Keep the folder as it is, and restore the last backup into another one.',
  },
] as const
