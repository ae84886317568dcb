import type { ErrorCode } from '@volact/core/errors/table'
import type { HostEvent } from '../index/host-event.ts'
import type { HostObserver, RefusedRequest } from '../index/observer.ts'

/** Counts refusals by code on their way to who else wants to know of them. */
export class RefusalCounts implements HostObserver {
  readonly #next: HostObserver
  readonly #counts = new Map<ErrorCode, number>()

  constructor(next: HostObserver) {
    this.#next = next
  }

  /** How often each code was the answer, since the start. */
  get counts(): ReadonlyMap<ErrorCode, number> {
    return this.#counts
  }

  grown(vendor: string, size: number): void {
    this.#next.grown(vendor, size)
  }

  refused(vendor: string, request: RefusedRequest): void {
    this.#counts.set(request.code, (this.#counts.get(request.code) ?? 0) + 1)
    this.#next.refused(vendor, request)
  }

  event(event: HostEvent): void {
    this.#next.event(event)
  }

  // Is handed on by itself, without its object.
  readonly note = (text: string): void => {
    this.#next.note(text)
  }
}
