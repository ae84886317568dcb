import { lookup, Resolver } from 'node:dns/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { ErrorCode } from '@volact/core/errors/table'
import type { SrvRecord } from '@volact/core/wire/srv-order'

/** How long DNS is waited for. */
export interface DnsLimits {
  /** For each try; the second waits twice as long, but never longer than the whole question. */
  readonly tryMilliseconds: number
  readonly tries: number
  /** For a question with all tries at all servers. */
  readonly questionMilliseconds: number
  /** After this no further zone is asked. */
  readonly searchMilliseconds: number
}

/** The limits where nobody says otherwise. */
export const dnsLimits: DnsLimits = {
  tryMilliseconds: 2_000,
  tries: 2,
  questionMilliseconds: 8_000,
  searchMilliseconds: 20_000,
}

/** What DNS said: something, or why there is nothing. `silent` is a server that gave no answer at all. */
export type DnsAnswer<T> =
  { readonly found: readonly T[] } | { readonly code: ErrorCode; readonly message: string; readonly silent: boolean }

/** Whom to ask, and until when. */
export interface DnsOptions {
  /** One that somebody named for everything, as `parseDnsServer` gives it; else the servers of this machine are asked. */
  readonly server?: string
  /** What the servers of this machine are, where the operating system is not to be asked for them. */
  readonly servers?: readonly string[]
  /** Whether the machine has any. */
  readonly hasServers: boolean
  readonly signal?: AbortSignal
  readonly limits?: DnsLimits
}

/** Asks DNS: the servers of this machine, or one that somebody named. Whatever they answer, it ends, and in one of these ways. */
export class DnsClient {
  readonly #options: DnsOptions
  readonly #resolver: Resolver
  readonly #limits: DnsLimits
  readonly #server: string | undefined
  readonly #hasServers: boolean
  #running = 0
  readonly #signal: AbortSignal | undefined

  constructor(options: DnsOptions) {
    const { server, servers, hasServers, signal, limits = dnsLimits } = options
    this.#options = options
    const { tryMilliseconds: timeout, tries, questionMilliseconds } = limits
    this.#resolver = new Resolver({ timeout, tries, maxTimeout: questionMilliseconds })
    const asked = server === undefined ? servers : [server]
    if (asked !== undefined) this.#resolver.setServers(asked)
    this.#server = server
    this.#hasServers = hasServers
    this.#signal = signal
    this.#limits = limits
  }

  /** Asks the same servers, but waits otherwise. */
  within(limits: DnsLimits): DnsClient {
    return new DnsClient({ ...this.#options, limits })
  }

  /** Whom it asks, for a person. */
  get servers(): string {
    if (this.#server !== undefined) return this.#server
    return this.#hasServers ? this.#resolver.getServers().join(', ') : 'none'
  }

  /** Asks for the SRV records of a name. */
  srv(name: string): Promise<DnsAnswer<SrvRecord>> {
    return this.#ask(async () => {
      const records = await this.#resolver.resolveSrv(name)
      return records.map(({ name: target, port, priority, weight }) => ({ target, port, priority, weight }))
    })
  }

  /** Asks for the texts of a name, each with its strings joined. */
  txt(name: string): Promise<DnsAnswer<string>> {
    return this.#ask(async () => {
      const records = await this.#resolver.resolveTxt(name)
      return records.map((strings) => strings.join(''))
    })
  }

  /** Asks for the addresses of a name: the named server where there is one, else the operating system with all it knows. */
  addresses(name: string): Promise<DnsAnswer<string>> {
    if (this.#server === undefined) return this.#ask(() => systemAddresses(name))
    return this.#ask(() => this.#resolvedAddresses(name))
  }

  async #resolvedAddresses(name: string): Promise<readonly string[]> {
    const [six, four] = await Promise.allSettled([this.#resolver.resolve6(name), this.#resolver.resolve4(name)])
    const found = [six, four].flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
    if (found.length === 0 && four.status === 'rejected') throw four.reason
    return found
  }

  /** The reason of the signal is all that it throws. */
  async #ask<T>(question: () => Promise<readonly T[]>): Promise<DnsAnswer<T>> {
    this.#signal?.throwIfAborted()
    this.#running += 1
    const done = new AbortController()
    const signal = AbortSignal.any([done.signal, ...(this.#signal === undefined ? [] : [this.#signal])])
    try {
      const found = await Promise.race([question(), wait(this.#limits.questionMilliseconds, undefined, { signal })])
      if (found === undefined) return this.#failed('ETIMEOUT')
      return found.length === 0 ? this.#failed('ENODATA') : { found }
    } catch (error) {
      this.#signal?.throwIfAborted()
      return this.#failed(codeOf(error))
    } finally {
      done.abort()
      this.#forget()
    }
  }

  /** What is not waited for any longer must not keep the program from ending. */
  #forget(): void {
    this.#running -= 1
    if (this.#running === 0) this.#resolver.cancel()
  }

  #failed(systemCode: string): DnsAnswer<never> {
    const silent = silence.has(systemCode)
    if (silent && this.#server === undefined && !this.#hasServers) {
      return { code: 'DNS_NOT_CONFIGURED', message: 'this machine has no DNS server', silent }
    }
    if (systemCode === 'ENOTFOUND') return { code: 'DNS_NAME_MISSING', message: 'there is no such name', silent }
    if (systemCode === 'ENODATA') return { code: 'DNS_NO_RECORDS', message: 'the name has no such record', silent }
    const what = words[systemCode] ?? `failed (${systemCode})`
    return { code: 'DNS_SERVER_FAILED', message: `the DNS server ${this.servers} ${what}`, silent }
  }
}

async function systemAddresses(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true })
  return found.map(({ address }) => address)
}

/** Every rejection of the resolver is an error with a code of c-ares or of the operating system; any other one is a bug. */
function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  throw error
}

const silence: ReadonlySet<string> = new Set(['ECANCELLED', 'ECONNREFUSED', 'EAI_AGAIN', 'ETIMEOUT'])

const words: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'gave no answer',
  EBADRESP: 'gave an answer that is no DNS',
  ECANCELLED: 'gave no answer in time',
  ECONNREFUSED: 'cannot be reached',
  EFORMERR: 'does not understand the question',
  ENOTIMP: 'does not answer such questions',
  EREFUSED: 'refuses to answer',
  ESERVFAIL: 'could not find out (SERVFAIL)',
  ETIMEOUT: 'gave no answer in time',
}
