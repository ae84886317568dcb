/** Rows of asking a host or an authority: no way to it, no answer, or a no. */
export const hostRows = [
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
    name: 'HOST_UNREACHABLE',
    number: 0x800706ba,
    exit: 3,
    meaning: 'The host could not be reached.',
    cause:
      'The name does not resolve, no host listens there any more, or a firewall or a VPN is in the way; each address that was tried is listed.',
    remedy:
      'Check name, port 1688 and firewall with "volact doctor", or name another host with "volact client host set".',
  },
  {
    name: 'CLOCK_SKEW',
    number: 0xc004f06c,
    exit: 10,
    meaning: 'The clocks of machine and host are too far apart.',
    cause: 'One of them has a wrong date, time or time zone, or was restored from a snapshot.',
    remedy: 'Set the time on the machine that is wrong, best by NTP, then activate again.',
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
    name: 'FOREIGN_PROTOCOL',
    number: 0xe0560021,
    exit: 3,
    meaning: 'The other side speaks the activation protocol of Microsoft, not that of Volact.',
    cause: 'A Windows activation host or client uses the same port.',
    remedy: 'Choose another port or name for Volact; the two systems cannot serve each other.',
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
    name: 'AUTHORITY_UNREACHABLE',
    number: 0xe056002b,
    exit: 3,
    meaning: 'The authority of the vendor could not be reached.',
    cause: 'The address is wrong, the network lets no HTTPS through, or the authority is down.',
    remedy:
      'Check the address and the way to it, then try again: an activation that was interrupted goes on where it was.',
  },
] as const
