import type { FrameServer } from './network/frame-server.ts'
import type { OpenedVendor } from './open-host.ts'
import type { ServiceFigures } from './pipeline/vendor-service.ts'
import type { Verification, VerificationFigures } from './verification/verification.ts'

/** Numbers of the hot path of a host, for metrics and the benchmark. */
export interface HostFigures {
  readonly connections: number
  /** Connections that were closed at once or to make room, and bytes that wait for an answer or for being read. */
  readonly turnedAway: number
  readonly waitingBytes: number
  /** Grants of all vendors whose signature is owed, and the seconds until none is. */
  readonly unverified: number
  readonly drainSeconds: number
  /** Entries of the ledgers that the index does not have yet. */
  readonly indexBehind: number
  readonly verification: VerificationFigures
  readonly vendors: readonly ({ readonly vendor: string } & ServiceFigures)[]
}

/** Gathers the numbers of a host. */
export function hostFigures(
  opened: readonly OpenedVendor[],
  verification: Verification,
  server: Pick<FrameServer, 'connections' | 'turnedAway' | 'waitingBytes'>,
  indexBehind: number,
): HostFigures {
  const vendors = opened.flatMap(({ vendor, service }) =>
    service === undefined ? [] : [{ vendor: vendor.id, ...service.figures() }],
  )
  return {
    connections: server.connections,
    turnedAway: server.turnedAway,
    waitingBytes: server.waitingBytes,
    unverified: vendors.reduce((sum, { unverified }) => sum + unverified, 0),
    drainSeconds: vendors.reduce((sum, { drainSeconds }) => sum + drainSeconds, 0),
    indexBehind,
    verification: verification.figures(),
    vendors,
  }
}
