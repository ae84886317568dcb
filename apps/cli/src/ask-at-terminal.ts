import process from 'node:process'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

/** Asks at the terminal of this process. Ctrl-C ends the process as it does everywhere; Ctrl-D is no answer. */
export async function askAtTerminal(question: string, how?: { readonly hidden: boolean }): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const isHidden = how?.hidden === true
  const reader = createInterface({
    input: process.stdin,
    output: isHidden ? nowhere() : process.stdout,
    terminal: true,
  })
  // The line editor draws its prompt anew with each key; a hidden answer has none.
  if (isHidden) process.stdout.write(question)
  else reader.setPrompt(question)
  reader.prompt()
  reader.once('line', resolve)
  reader.once('close', () => {
    resolve(undefined)
  })
  reader.once('SIGINT', () => {
    reader.close()
    process.kill(process.pid, 'SIGINT')
  })
  const answer = await promise
  reader.close()
  if (isHidden || answer === undefined) process.stdout.write('\n')
  return answer?.trim()
}

function nowhere(): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => {
      done()
    },
  })
}
