/** How long something is waited for. */
export interface Patience {
  readonly milliseconds: number
  /** Ends the waiting before. */
  readonly signal?: AbortSignal
}

/** Calls `give` with nothing when the time is over or the signal aborts; gives what calls that off. */
export function endOf({ milliseconds, signal }: Patience, give: (nothing: undefined) => void): () => void {
  const end = (): void => {
    give(undefined)
  }
  const timer = setTimeout(end, signal?.aborted === true ? 0 : milliseconds)
  signal?.addEventListener('abort', end)
  return () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  }
}
