#!/usr/bin/env node
import process from 'node:process'
import { askAtTerminal } from './ask-at-terminal.ts'
import { run } from './run.ts'
import type { StopSignal, World } from './world.ts'

// Whoever reads our output may stop, as `head` does: then nobody is left to write for.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit())

process.exitCode = await run(process.argv.slice(2), realWorld())

function realWorld(): World {
  const { platform, env, stdin, stdout, stderr } = process
  return {
    // Only a clone runs its sources.
    command: import.meta.filename.endsWith('.ts') ? './volact' : 'volact',
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    // A terminal that does not know its size says 0.
    terminal: stdout.isTTY ? { columns: stdout.columns || 80, rows: stdout.rows || 24 } : undefined,
    ...(stdin.isTTY && stdout.isTTY && { ask: askAtTerminal }),
    now: () => Math.floor(Date.now() / 1_000),
    surroundings: { platform, env, uid: process.getuid?.() },
    stop: stopSignal,
    onHangup: (listener) => void process.on('SIGHUP', listener),
    debug: env['VOLACT_DEBUG'] === '1',
  }
}

/** Asked for once; a second Ctrl-C then ends the process at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] satisfies StopSignal[]) {
    process.once(signal, () => {
      controller.abort(signal)
    })
  }
  return controller.signal
}
