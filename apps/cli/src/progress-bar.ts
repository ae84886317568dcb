import type { World } from './world.ts'

/** Shows how far long work is, on a terminal only. */
export interface ProgressBar {
  readonly show: (done: number, total: number) => void
  /** Takes the bar off the screen; harmless when there is none. */
  readonly clear: () => void
}

const width = 30

/** Makes a progress bar on one line of standard error. */
export function progressBar({ terminal, err }: World, what: string): ProgressBar {
  if (terminal === undefined) return { show: () => undefined, clear: () => undefined }
  let isShown = false
  return {
    show: (done, total) => {
      isShown = true
      err(`\r${what} ${barOf(done, total)}`)
    },
    clear: () => {
      if (isShown) err('\r\u001b[K')
      isShown = false
    },
  }
}

/** Draws a bar with its share in percent. */
export function barOf(done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const filled = Math.round(share * width)
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${String(Math.floor(share * 100)).padStart(3)} %`
}
