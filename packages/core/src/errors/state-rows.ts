/** Rows of the state of a license. */
export const stateRows = [
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
] as const
