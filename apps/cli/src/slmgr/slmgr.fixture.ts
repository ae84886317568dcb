import { join } from 'node:path'
import type { Instant } from '@volact/core/time'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { run } from '../run.ts'
import type { World } from '../world.ts'

/** How a command has ended. */
export interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** An account on a machine, with a clock that a test sets. */
export class Account {
  readonly home: string = temporaryFolder()
  now: Instant

  constructor(now: Instant) {
    this.now = now
  }

  /** Where this account's own data lies. */
  folder(role: 'client' | 'host'): string {
    return join(this.home, '.volact', role)
  }

  /** Runs a command, all but `main.ts` of the real thing. */
  async run(...args: readonly string[]): Promise<Ended> {
    const written = { stdout: '', stderr: '' }
    const world: World = {
      command: 'volact',
      out: (text) => (written.stdout += text),
      err: (text) => (written.stderr += text),
      terminal: undefined,
      now: () => this.now,
      surroundings: { platform: 'linux', env: { HOME: this.home }, uid: 1_000 },
      stop: () => new AbortController().signal,
      debug: true,
    }
    return { status: await run(args, world), ...written }
  }

  /** Runs a command that must succeed, and returns its output. */
  async succeed(...args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.run(...args)
    if (status !== 0) throw new Error(`volact ${args.join(' ')} ended with ${status}: ${stderr}`)
    return stdout.trimEnd()
  }
}
