import { execFile } from 'node:child_process'

const limits = { timeout: 10_000, maxBuffer: 4 << 20 }

/** Runs a program of the operating system and gives what it prints; nothing when it is not there, fails or hangs. */
export function runProgram(file: string, args: readonly string[]): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  execFile(file, args, { ...limits, windowsHide: true }, (error, stdout) => {
    resolve(error === null ? stdout : undefined)
  })
  return promise
}
