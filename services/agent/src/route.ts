import type { Client } from '@volact/client/open-client'
import type { AgentHealth } from './health.ts'
import type { LocalRequest } from './local/local-server.ts'

/** What the routes work with. */
export interface Served {
  /** The client of this moment: a reload puts another in its place. */
  readonly client: Client
  readonly health: () => AgentHealth
  readonly reload: () => Promise<object>
  /** Is told of each change: whether the chances to be activated are other ones now, or only what is known here. */
  readonly changed: (what: 'chances' | 'knowledge') => void
}

/** A request that has found its route. */
export interface Call extends Served {
  /** What stands in the path where the route says `:product`. */
  readonly product: string
  readonly fields: LocalRequest['fields']
}

/** One thing that can be asked. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Between the slashes. */
  readonly path: readonly string[]
  /** The fields that a body may have. */
  readonly takes: readonly string[]
  readonly run: (call: Call) => object | Promise<object>
}

/** Makes a route of its path as it is written. */
export function route(method: Route['method'], path: string, takes: readonly string[], run: Route['run']): Route {
  return { method, path: segmentsOf(path), takes, run }
}

/** Splits a path. Names in it are looked up in memory and never become a part of a file's name. */
export function segmentsOf(path: string): readonly string[] {
  return path.slice(1).split('/').map(decoded)
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
