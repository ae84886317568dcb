/**
 * An event that the host itself causes, with the number that administrators know from the reference and the same
 * fields in the same order. 12290, a request that was processed, is none of them: it is read from the ledger and the refusals.
 */
export type HostEvent =
  /** The service failed to start, or could not go on behind a new pack or certificate. */
  | { readonly id: 12291; readonly vendor: string; readonly fields: readonly [code: string] }
  /** What the service does by the clock (notes and tiles, retention) could not be done; once, until it can. */
  | { readonly id: 12292; readonly vendor: string; readonly fields: readonly [code: string] }
  /** Publishing in DNS failed. */
  | { readonly id: 12293; readonly vendor: string; readonly fields: readonly [code: string, domain: string] }
  /** Publishing in DNS succeeded. */
  | { readonly id: 12294; readonly vendor: string; readonly fields: readonly [domain: string] }

/** The number of the event of each request. */
export const requestEvent = 12290

/** What the fields of each event are, in their order. */
export const eventFields: Readonly<Record<HostEvent['id'] | typeof requestEvent, readonly string[]>> = {
  12290: [
    ...['result', 'threshold', 'name', 'machine', 'clientTime'],
    ...['virtual', 'licenseStatus', 'minutesLeft', 'activationId'],
  ],
  12291: ['result'],
  12292: ['result'],
  12293: ['result', 'domain'],
  12294: ['domain'],
}
