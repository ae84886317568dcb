/** How long a DNS server is waited for, in milliseconds. */
export interface DnsTimes {
  /** For each of the tries by UDP. */
  readonly udp: number
  readonly udpTries: number
  /** For the one by TCP, with its connection. */
  readonly tcp: number
}

/** The times where nobody says otherwise: about nine seconds for a server that says nothing at all. */
export const dnsTimes: DnsTimes = { udp: 2_000, udpTries: 2, tcp: 5_000 }
