import { type Instant, toIso } from '@volact/core/time'
import type { AgentEvent } from './agent-event.ts'

/** Writes an event as one line of JSON: control characters in a text are escaped by it, so that no line can be forged. */
export function logLine(now: Instant, event: AgentEvent): string {
  return `${JSON.stringify({ time: toIso(now), ...event })}\n`
}
