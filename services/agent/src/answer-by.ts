import { type LocalAnswer, WrongRequest } from './local/answer.ts'
import type { LocalRequest } from './local/local-server.ts'
import { refuseOthers } from './request-fields.ts'
import { type Route, segmentsOf, type Served } from './route.ts'

/** What a socket offers, and what only the other one does. */
export interface Offer {
  readonly routes: readonly Route[]
  readonly forRoot: readonly Route[]
}

/** Answers a request by the route that fits. Throws a `WrongRequest` where none does, or what the route throws. */
export async function answerBy(offer: Offer, request: LocalRequest, served: Served): Promise<LocalAnswer> {
  const segments = segmentsOf(request.target)
  const fitting = offer.routes.filter(({ path }) => fits(path, segments))
  const found = fitting.find(({ method }) => method === request.method)
  if (found === undefined) throw noRoute(offer, request.method, segments)
  refuseOthers(request.fields, found.takes)
  const product = segments[found.path.indexOf(':product')] ?? ''
  return { status: 200, body: await found.run({ ...served, product, fields: request.fields }) }
}

function noRoute({ routes, forRoot }: Offer, method: string, segments: readonly string[]): WrongRequest {
  if (forRoot.some((route) => route.method === method && fits(route.path, segments))) {
    return new WrongRequest(403, 'ACCESS_DENIED', 'what changes something is asked through the socket of root')
  }
  const allow = routes.filter(({ path }) => fits(path, segments)).map((route) => route.method)
  if (allow.length === 0) {
    return new WrongRequest(404, 'USAGE', 'there is nothing of that name: docs/agent.md lists what there is')
  }
  const known = allow.join(', ')
  return new WrongRequest(405, 'USAGE', `this path takes ${known}, not what was sent`, { Allow: known })
}

function fits(path: readonly string[], segments: readonly string[]): boolean {
  return path.length === segments.length && path.every((name, at) => name === ':product' || name === segments[at])
}
