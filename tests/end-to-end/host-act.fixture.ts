import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Instant } from '@volact/core/time'
import type { HardwareFacts } from '@volact/host/activation/hardware'
import { onTestFinished } from 'vitest'

/** What a process is to do with a host's folder. */
export type HostAct = { readonly dir: string; readonly now: Instant } & (
  | { readonly verb: 'renew' | 'confirm'; readonly authority: string }
  | { readonly verb: 'restore'; readonly file: string; readonly recoveryKey: string }
  | { readonly verb: 'recover'; readonly recoveryKey: string }
  | { readonly verb: 'use'; readonly file: string; readonly passphrase: string; readonly hardware: HardwareFacts }
  | { readonly verb: 'serve' }
)

/** A process with an act. */
export interface ActingChild {
  /** Waits until it says `ready`, with everything loaded, or `done`; `false` when it has ended instead. */
  says(word: 'ready' | 'done'): Promise<boolean>
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>
}

const program = fileURLToPath(new URL('host-act-child.fixture.ts', import.meta.url))

/** Starts an act in a process of its own. */
export function startAct(act: HostAct): ActingChild {
  const line = ['--conditions=volact-source', '--no-warnings', program, JSON.stringify(act)]
  const child = spawn(process.execPath, line, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  const heard = new Map(['ready', 'done'].map((word) => [word, Promise.withResolvers<boolean>()]))
  createInterface(child.stdout).on('line', (said) => heard.get(said)?.resolve(true))
  void exit.then(() => {
    for (const { resolve } of heard.values()) resolve(false)
  })
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exit
  }
  onTestFinished(kill)
  return { says: async (word) => (await heard.get(word)?.promise) ?? false, kill }
}
