/** The exit status with which a command ends on an error: refused, wrong usage, not reached, this machine in the way. */
export type ExitStatus = 10 | 2 | 3 | 4

/** One row of the table: a name, a number to search for, an exit status, and a sentence each for a person. */
export interface ErrorRow {
  readonly name: string
  /** Unsigned 32 bits: the number of the reference where the meaning is the same, else our own from 0xE0560001. */
  readonly number: number
  readonly exit: ExitStatus
  readonly meaning: string
  readonly cause: string
  readonly remedy: string
}

/** Every failure that has a code. Names and numbers are never changed or used again; new rows go to the end. */
export const errorTable = [
  {
    name: 'COUNT_INSUFFICIENT',
    number: 0xc004f038,
    exit: 10,
    meaning: 'The host has not yet seen as many machines as the product needs.',
    cause:
      'Fewer machines than the threshold asked within the window, several share one hardware, or they are spread over several hosts.',
    remedy:
      'Let more machines ask this host; "volact host status" shows the count, the threshold and what was not counted.',
  },
  {
    name: 'HOST_MUTE',
    number: 0xc004f039,
    exit: 3,
    meaning: 'The host took the connection but gave no answer.',
    cause: 'The host is stopping, is overloaded, or something between machine and host filters the traffic.',
    remedy: 'Look at the log of the host, and check that nothing inspects or limits TCP port 1688 on the way.',
  },
  {
    name: 'HOST_NOT_ACTIVATED',
    number: 0xc004f041,
    exit: 10,
    meaning: 'The host itself is not activated, so it grants nothing.',
    cause: 'No host key was installed, or the vendor has not activated it yet, or its certificate has ended.',
    remedy: 'Run "volact host activate" on the host.',
  },
  {
    name: 'PRODUCT_NOT_SERVED',
    number: 0xc004f042,
    exit: 10,
    meaning: 'This host does not serve the product that was asked for.',
    cause:
      'The host key covers other products or only older generations, or the host is meant for another application.',
    remedy:
      'Ask a host whose key covers the product, or install a newer host key; "volact host status" lists what is served.',
  },
  {
    name: 'HOST_KEY_EXHAUSTED',
    number: 0xc004c008,
    exit: 10,
    meaning: 'The host key has been used as often as it may be.',
    cause: 'It was activated on six hosts already, or ten times on this one.',
    remedy: 'Ask the vendor for more activations, or keep using the hosts that are activated already.',
  },
  {
    name: 'KEY_INVALID',
    number: 0xc004f050,
    exit: 10,
    meaning: 'The product key is not a valid key here.',
    cause: 'A character is mistyped, two are swapped, some are missing, or it is a key of another kind or product.',
    remedy: 'The message says what does not fit: type the key again, paste it whole, or use the key that belongs here.',
  },
  {
    name: 'KEY_BLOCKED',
    number: 0xc004f051,
    exit: 10,
    meaning: 'The vendor has blocked this product key.',
    cause: 'The key was reported as leaked, or was used against its agreement.',
    remedy: 'Ask the vendor for a new key.',
  },
  {
    name: 'KEY_WRONG_EDITION',
    number: 0xc004f010,
    exit: 10,
    meaning: 'The product key belongs to another product or edition.',
    cause: 'The key was taken from the wrong line of a list, or the product was upgraded.',
    remedy: 'Install the key of exactly this product; the catalog of the vendor lists the setup keys.',
  },
  {
    name: 'NO_PRODUCT_KEY',
    number: 0xc004f014,
    exit: 10,
    meaning: 'No product key is installed.',
    cause: 'The product was installed without a key, or the key was removed.',
    remedy: 'Install the setup key of the product with "volact client key install KEY".',
  },
  {
    name: 'HOST_UNREACHABLE',
    number: 0xc004f074,
    exit: 3,
    meaning: 'No host could be reached.',
    cause:
      'The name does not resolve, no host listens there, or a firewall is in the way; every host that was tried is listed.',
    remedy:
      'Read the reason given for each host, then check name, port 1688 and firewall, or name a host with "volact client host set".',
  },
  {
    name: 'CLOCK_SKEW',
    number: 0xc004f06c,
    exit: 10,
    meaning: 'The clocks of machine and host are too far apart.',
    cause: 'One of them has a wrong date, time or time zone, or was restored from a snapshot.',
    remedy: 'Set the time on the machine that is wrong, then activate again.',
  },
  {
    name: 'GRACE_EXPIRED',
    number: 0xc004f009,
    exit: 10,
    meaning: 'The time in which the product had to be activated is over.',
    cause: 'The machine has not found a host that would activate it since it was installed.',
    remedy: 'Activate the product; nothing is lost by having waited.',
  },
  {
    name: 'LICENSE_EXPIRED',
    number: 0xc004f021,
    exit: 10,
    meaning: 'The license has ended.',
    cause: 'The product was not renewed in time, or the agreement has ended.',
    remedy: 'Renew it with "volact client activate"; ask the vendor if the agreement has ended.',
  },
  {
    name: 'HARDWARE_OUT_OF_TOLERANCE',
    number: 0xc004f00f,
    exit: 10,
    meaning: 'The hardware has changed too much for the license to go on.',
    cause: 'Main board or disk was replaced, or the installation was moved or copied to another machine.',
    remedy: 'Activate the product again on this machine.',
  },
  {
    name: 'NOT_BOUND',
    number: 0xc004f056,
    exit: 10,
    meaning: 'The product is not activated by any host.',
    cause: 'It has never been activated, or its lease has ended and no host renewed it.',
    remedy: 'Run "volact client activate", and check that the machine finds a host.',
  },
  {
    name: 'ACCESS_DENIED',
    number: 0x80070005,
    exit: 4,
    meaning: 'This account may not do that.',
    cause: 'The command needs an administrator, or the file belongs to another account.',
    remedy: 'Run the command as the administrator, or give this account the right to the file that is named.',
  },
  {
    name: 'HOST_KEY_ON_CLIENT',
    number: 0xe0560001,
    exit: 10,
    meaning: 'A host key was typed into a client, where it does not belong.',
    cause: 'The secret key that activates a host was taken for the public setup key of the product.',
    remedy:
      'Install the setup key of the product instead; the host key has been exposed here, so ask the vendor to replace it.',
  },
  {
    name: 'MALFORMED',
    number: 0xe0560002,
    exit: 10,
    meaning: 'The bytes are not a valid document.',
    cause: 'The file or message is damaged, cut short, or something else than it claims to be.',
    remedy: 'Fetch or copy it again; if that does not help, whoever made it must make it anew.',
  },
  {
    name: 'UNSUPPORTED_VERSION',
    number: 0xe0560003,
    exit: 10,
    meaning: 'The document or message has a version that this program does not know.',
    cause: 'It was made by a newer version.',
    remedy: 'Update this program, or use the version that made the document.',
  },
  {
    name: 'UNKNOWN_CRITICAL',
    number: 0xe0560004,
    exit: 10,
    meaning: 'The document contains something that must be understood and is not.',
    cause: 'It was made by a newer version, or it is damaged.',
    remedy: 'Update this program, then try again.',
  },
  {
    name: 'KIND_MISMATCH',
    number: 0xe0560005,
    exit: 10,
    meaning: 'This is a document of another kind than the one that is needed.',
    cause: 'The wrong file was named, or a key was used for something it is not meant for.',
    remedy: 'Use the right file; if it was the right one, tell the vendor, because one of its keys is being misused.',
  },
  {
    name: 'SIGNATURE_INVALID',
    number: 0xe0560006,
    exit: 10,
    meaning: 'The signature does not fit the document.',
    cause: 'The document was altered, or it was signed by another key.',
    remedy: 'Do not use it; fetch it again from where it was made.',
  },
  {
    name: 'CHAIN_INVALID',
    number: 0xe0560007,
    exit: 10,
    meaning: 'The certificates do not form a valid chain.',
    cause: 'A certificate is missing, altered, or was issued by someone who may not issue it.',
    remedy: 'Fetch the document again with its whole chain; if that does not help, tell the vendor.',
  },
  {
    name: 'CHAIN_EXPIRED',
    number: 0xe0560008,
    exit: 10,
    meaning: 'A certificate of the chain is not valid at this time.',
    cause: 'It has ended or has not begun, or the clock of this machine is wrong.',
    remedy: 'Check the clock; if it is right, renew the certificate that is named.',
  },
  {
    name: 'ROOT_UNKNOWN',
    number: 0xe0560009,
    exit: 10,
    meaning: 'The chain does not lead to a root that is trusted here.',
    cause: 'The document is of another vendor, or the root of its vendor was never added.',
    remedy: 'Compare fingerprints with the vendor, then add its root; without that, do not use the document.',
  },
  {
    name: 'ROOT_CHANGED',
    number: 0xe056000a,
    exit: 10,
    meaning: 'The vendor is known here with another root than this one.',
    cause: 'The vendor has changed its root, or someone pretends to be the vendor.',
    remedy: 'Do not go on before the vendor has confirmed the new fingerprint on another way.',
  },
  {
    name: 'RECEIPT_INVALID',
    number: 0xe056000b,
    exit: 10,
    meaning: 'The receipt does not prove that the lease stands in the ledger of the host.',
    cause: 'The receipt was altered, or belongs to another lease.',
    remedy: 'Activate again; if it happens again, examine the host with "volact host ledger verify".',
  },
  {
    name: 'LEASE_MISMATCH',
    number: 0xe056000c,
    exit: 10,
    meaning: 'The lease is genuine but was granted to another machine, product or request.',
    cause: 'A lease was copied from another machine, or an old answer was replayed.',
    remedy: 'Activate this machine itself.',
  },
  {
    name: 'LEASE_EXPIRED',
    number: 0xe056000d,
    exit: 10,
    meaning: 'The lease has ended.',
    cause: 'It was not renewed before its last day.',
    remedy: 'Activate again.',
  },
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
  {
    name: 'FOLDER_IN_USE',
    number: 0xe0560013,
    exit: 4,
    meaning: 'Another program is using the data folder.',
    cause: 'The service runs already, or another command is at work on the same folder.',
    remedy: 'Stop the program that is named, or wait until it is done.',
  },
  {
    name: 'FOLDER_WRONG_ROLE',
    number: 0xe0560014,
    exit: 4,
    meaning: 'The data folder belongs to another role.',
    cause: 'The folder of a host was named to a client, or the other way round.',
    remedy: 'Name the right folder with --dir.',
  },
  {
    name: 'FOLDER_NOT_WRITABLE',
    number: 0xe0560015,
    exit: 4,
    meaning: 'The data folder cannot be written to.',
    cause: 'It belongs to another account, or its disk is mounted read-only.',
    remedy: 'Run as the owner of the folder, or name another one with --dir.',
  },
  {
    name: 'FOLDER_MISSING',
    number: 0xe0560016,
    exit: 4,
    meaning: 'The data folder does not exist.',
    cause: 'It was not set up yet, or the path is mistyped.',
    remedy: 'Set it up with the init command of its role, or name the right one with --dir.',
  },
  {
    name: 'FOLDER_NEWER',
    number: 0xe0560017,
    exit: 4,
    meaning: 'The data folder was written by a newer version.',
    cause: 'This program was downgraded, or an older copy of it was started.',
    remedy: 'Use the newer version again; folders cannot be taken back.',
  },
  {
    name: 'FILE_MISSING',
    number: 0xe0560018,
    exit: 2,
    meaning: 'The file does not exist.',
    cause: 'The path is mistyped, or the file is on another machine.',
    remedy: 'Check the path and try again.',
  },
  {
    name: 'FILE_EXISTS',
    number: 0xe0560019,
    exit: 2,
    meaning: 'The file to be written exists already.',
    cause: 'An earlier run wrote it.',
    remedy: 'Name another file, or move the old one away.',
  },
  {
    name: 'PORT_IN_USE',
    number: 0xe056001a,
    exit: 4,
    meaning: 'Another program listens on the port already.',
    cause: 'The host runs already, or another service uses the port.',
    remedy: 'Stop the other program, or choose another port with --listen.',
  },
  {
    name: 'CATALOG_INVALID',
    number: 0xe056001b,
    exit: 10,
    meaning: 'The catalog has mistakes.',
    cause: 'It was edited by hand; every mistake is listed with its line.',
    remedy: 'Correct the lines that are listed and apply the catalog again.',
  },
  {
    name: 'PACK_OLDER',
    number: 0xe056001c,
    exit: 10,
    meaning: 'The pack is older than the one that is installed.',
    cause: 'An old file was taken.',
    remedy: 'Install the newest pack of the vendor.',
  },
  {
    name: 'NOT_SUPPORTED',
    number: 0xe056001d,
    exit: 10,
    meaning: 'The other side does not offer this.',
    cause: 'It has an older version, or the feature is not switched on.',
    remedy: 'Use another way, or ask whoever runs the other side.',
  },
  {
    name: 'BUSY',
    number: 0xe056001e,
    exit: 10,
    meaning: 'The host is too busy for new machines at the moment.',
    cause: 'Many new machines are asking at once.',
    remedy: 'Nothing needs to be done: the machine asks again by itself.',
  },
  {
    name: 'CHALLENGE_EXPIRED',
    number: 0xe056001f,
    exit: 10,
    meaning: 'The answer to the challenge of the host came too late.',
    cause: 'The machine or the network was very slow, or an old message was replayed.',
    remedy: 'Activate again.',
  },
  {
    name: 'TOO_LARGE',
    number: 0xe0560020,
    exit: 10,
    meaning: 'The file or message is larger than any valid one.',
    cause: 'The wrong file was named, or the sender is not a Volact program.',
    remedy: 'Use the right file, or look at who sent the message.',
  },
  {
    name: 'FOREIGN_PROTOCOL',
    number: 0xe0560021,
    exit: 3,
    meaning: 'The other side speaks the activation protocol of Microsoft, not that of Volact.',
    cause: 'A Windows activation host or client uses the same port.',
    remedy: 'Choose another port or name for Volact; the two systems cannot serve each other.',
  },
  {
    name: 'USAGE',
    number: 0xe0560022,
    exit: 2,
    meaning: 'The command was not written correctly.',
    cause: 'An option or argument is missing, unknown or has a wrong value.',
    remedy: 'See "volact --help" and the help of the command.',
  },
  {
    name: 'FOLDER_DAMAGED',
    number: 0xe0560023,
    exit: 4,
    meaning: 'A file of the data folder is damaged or missing.',
    cause: 'The disk failed, or something else wrote into the folder or deleted from it.',
    remedy: 'Keep the folder as it is, and restore the last backup into another one.',
  },
  {
    name: 'DATABASE_DAMAGED',
    number: 0xe0560024,
    exit: 4,
    meaning: 'The database in the data folder is damaged.',
    cause: 'The disk failed, or something else wrote into the file.',
    remedy:
      'Move the file that is named away: a host makes its index anew from the ledger; an authority restores its last backup.',
  },
  {
    name: 'DISK_FULL',
    number: 0xe0560025,
    exit: 4,
    meaning: 'There is no room left on the disk.',
    cause: 'The disk or the quota of this account is full.',
    remedy: 'Make room, then try again; nothing that was there before is lost.',
  },
  {
    name: 'DISK_FAILED',
    number: 0xe0560026,
    exit: 4,
    meaning: 'The operating system could not read or write a file.',
    cause: 'The disk is failing, a limit of the system is reached, or the path is one it cannot use.',
    remedy: 'Look up the error that the message names; check the disk and the log of the system.',
  },
  {
    name: 'FILE_NOT_PRIVATE',
    number: 0xe0560027,
    exit: 4,
    meaning: 'A file with a secret can be read by other accounts.',
    cause: 'It was copied or unpacked without keeping its permissions.',
    remedy: 'Run "chmod 600" on the file; if others may have read it, replace the secret.',
  },
  {
    name: 'NOT_A_FILE',
    number: 0xe0560028,
    exit: 2,
    meaning: 'The path names a folder or a device where a file is needed.',
    cause: 'The path is incomplete or mistyped.',
    remedy: 'Name the file itself.',
  },
  {
    name: 'REFUSED',
    number: 0xe0560029,
    exit: 10,
    meaning: 'The other side refused, with a number that this version does not know.',
    cause: 'The other side has a newer version; its own words say why.',
    remedy: 'Do what its words say, or update this program to have the number explained.',
  },
  {
    name: 'CERTIFICATE_REVOKED',
    number: 0xe056002a,
    exit: 10,
    meaning: 'The vendor has revoked the certificate of the host, so its new grants are worth nothing.',
    cause: 'The key of the host was stolen or misused, or the agreement was ended before its time.',
    remedy: 'Ask the vendor why; activate the host again once the reason is gone.',
  },
  {
    name: 'AUTHORITY_UNREACHABLE',
    number: 0xe056002b,
    exit: 3,
    meaning: 'The authority of the vendor could not be reached.',
    cause: 'The address is wrong, the network lets no HTTPS through, or the authority is down.',
    remedy:
      'Check the address and the way to it, then try again: an activation that was interrupted goes on where it was.',
  },
  {
    name: 'VENDORS_UNPROTECTED',
    number: 0xe056002c,
    exit: 4,
    meaning: 'The folder with the roots of the vendors can be changed by other accounts than the administrator.',
    cause: 'It, a file in it or a folder above it belongs to another account, or others may write there.',
    remedy: 'Give what the message names to root, take the right to write from all others, and check the roots in it.',
  },
] as const

/** The name of a row of the table. */
export type ErrorCode = (typeof errorTable)[number]['name']

const rows: readonly ErrorRow[] = errorTable

/** Finds a row by its name in any case, or by its number: `0xC004F038`, `c004f038` or decimal. */
export function describeError(nameOrNumber: string): ErrorRow | undefined {
  const wanted = nameOrNumber.trim().toUpperCase()
  return rows.find(({ name, number }) => name === wanted || writings(number).includes(wanted))
}

/** Writes the number of a row as administrators search for it: `0xC004F038`. */
export function formatErrorNumber(number: number): string {
  return `0x${number.toString(16).toUpperCase().padStart(8, '0')}`
}

/** Also as signed 32 bits, which is how Windows tools print such numbers in decimal. */
function writings(number: number): string[] {
  const hexadecimal = formatErrorNumber(number).toUpperCase()
  return [hexadecimal, hexadecimal.slice(2), String(number), String(number | 0)]
}
