import { createServer } from 'node:net'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type ListenPlace, startListening } from './network/start-listening.ts'

/** How many ports after the wanted one are tried. */
const mostTried = 20

/** Says which port is free at an address: the wanted one, or else the next that is; nothing where none of them is. */
export async function freePort(wanted: ListenPlace): Promise<number | undefined> {
  for (let port = wanted.port; port < wanted.port + mostTried && port <= 65_535; port += 1) {
    if (await isFree({ ...wanted, port })) return port
  }
  return undefined
}

async function isFree(place: ListenPlace): Promise<boolean> {
  const server = createServer()
  try {
    await startListening(server, place, '--listen')
    await new Promise((resolve) => server.close(resolve))
    return true
  } catch (error) {
    if (error instanceof ActivationError && error.code === 'PORT_IN_USE') return false
    throw error
  }
}
