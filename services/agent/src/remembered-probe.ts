import type { HardwareFacts, HardwareProbe } from '@volact/client/hardware-probe'
import type { Duration } from '@volact/core/time'

/** How long hardware is taken for unchanged. */
const lifetime: Duration = 600

/** Looks at the hardware once in ten minutes at most, however often it is asked for. */
export function rememberedProbe(probe: HardwareProbe, elapsed: () => Duration): HardwareProbe {
  let last: { readonly at: Duration; readonly facts: Promise<HardwareFacts> } | undefined
  return () => {
    const at = elapsed()
    if (last === undefined || at - last.at >= lifetime) last = { at, facts: probe() }
    return last.facts
  }
}
