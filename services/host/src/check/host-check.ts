/** What came of one look at a host: works, works but not as it should, does not work. */
export interface HostCheck {
  readonly name: string
  readonly verdict: 'ok' | 'warning' | 'problem'
  /** One sentence. */
  readonly says: string
  /** What to do about it. */
  readonly todo?: string
}

/** A look that found nothing wrong. */
export function ok(name: string, says: string): HostCheck {
  return { name, verdict: 'ok', says }
}

/** A look that found something which works, but not as it should. */
export function warning(name: string, says: string, todo: string): HostCheck {
  return { name, verdict: 'warning', says, todo }
}

/** A look that found something which does not work. */
export function problem(name: string, says: string, todo: string): HostCheck {
  return { name, verdict: 'problem', says, todo }
}
