import { ActivationError } from '@volact/core/errors/activation-error'
import { type AskOptions, askServer } from './ask.ts'
import { nameIn, parseAddress } from './data.ts'
import { type DnsServer, formatServer } from './dns-server.ts'
import { type DnsMessage, opcodes } from './message.ts'
import { isWithin, parentOf } from './name.ts'
import { rcodeName, rcodes } from './rcode.ts'
import { classes, types } from './record.ts'

/** Where records of a name are changed. */
export interface Place {
  /** The name itself, or where its alias leads. */
  readonly name: string
  /** The zone that it lies in. */
  readonly zone: string
  /** The server that takes changes. */
  readonly server: DnsServer
}

/** Whom to ask for the way: one server for everything, or those of this machine, which know others. */
export interface LocateOptions extends Omit<AskOptions, 'server' | 'key'> {
  readonly server?: DnsServer
  readonly resolvers: readonly DnsServer[]
}

/** The most aliases that are followed. */
const mostAliases = 8

/**
 * Finds the zone that a name lies in, by its SOA record, and its primary server, as `nsupdate` does. An alias is followed: beside
 * a CNAME there can be no other record (RFC 2136 §3.4.2.2). `DNS_ZONE_MISSING`, `DNS_NOT_AUTHORITATIVE` for a zone that was
 * delegated to other servers than the one that is named, `DNS_SERVER_FAILED`, `DNS_SERVER_SILENT`, `DNS_NOT_CONFIGURED`.
 */
export async function locate(wanted: string, options: LocateOptions): Promise<Place> {
  let name = wanted
  for (let aliases = 0; aliases <= mostAliases; aliases++) {
    const answer = await ask(name, types.SOA, options)
    const alias = answer.answers.find((record) => record.type === types.CNAME && record.name === name)
    if (alias === undefined) return placeOf(name, answer, options)
    name = nameIn(alias.data)
  }
  throw new ActivationError('DNS_ZONE_MISSING', `the aliases of ${wanted} lead nowhere`)
}

/** Gives the data of all records of a type that a name has. */
export async function lookUp(name: string, type: number, options: LocateOptions): Promise<readonly Uint8Array[]> {
  const { answers } = await ask(name, type, options)
  return answers.filter((record) => record.type === type).map(({ data }) => data)
}

/** From the answer to the name or, where a server tells no zone for that, to one above it. */
async function placeOf(name: string, answer: DnsMessage, options: LocateOptions, at: string = name): Promise<Place> {
  const records = [...answer.answers, ...answer.authorities]
  const soa = records.find((record) => record.type === types.SOA && isWithin(name, record.name))
  if (soa !== undefined) return { name, zone: soa.name, server: await primaryOf(nameIn(soa.data), options) }
  const cut = records.find((record) => record.type === types.NS && record.name !== '' && isWithin(name, record.name))
  if (cut !== undefined && options.server !== undefined) {
    const message = `the DNS server ${formatServer(options.server)} has given ${cut.name} to other servers: name one of them`
    throw new ActivationError('DNS_NOT_AUTHORITATIVE', message)
  }
  const above = parentOf(at)
  if (above === undefined) throw new ActivationError('DNS_ZONE_MISSING', `no DNS server has a zone for ${name}`)
  return placeOf(name, await ask(above, types.SOA, options), options, above)
}

async function primaryOf(primary: string, options: LocateOptions): Promise<DnsServer> {
  if (options.server !== undefined) return options.server
  for (const type of [types.A, types.AAAA]) {
    const [address] = await lookUp(primary, type, options)
    if (address !== undefined) return { address: parseAddress(address), port: 53 }
  }
  const message = `the primary server ${primary} of the zone has no address: name a server for updates`
  throw new ActivationError('DNS_ZONE_MISSING', message)
}

/** The next resolver is asked when one says nothing or fails; what the last one said is the failure. */
async function ask(name: string, type: number, options: LocateOptions): Promise<DnsMessage> {
  const servers = options.server === undefined ? options.resolvers : [options.server]
  let failure = new ActivationError('DNS_NOT_CONFIGURED', 'this machine has no DNS server: name one for updates')
  for (const server of servers) {
    try {
      return await askOne(name, type, server, options)
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      failure = error
    }
  }
  throw failure
}

async function askOne(name: string, type: number, server: DnsServer, options: LocateOptions): Promise<DnsMessage> {
  const { now, times, signal } = options
  const questions = [{ name, type, class: classes.IN }]
  const asked = { opcode: opcodes.query, wantsRecursion: true, questions }
  const none = { answers: [], authorities: [], additionals: [] }
  const answer = await askServer(
    { ...asked, ...none },
    {
      ...{ server, now },
      ...(times && { times }),
      ...(signal && { signal }),
    },
  )
  if (answer.rcode === rcodes.NOERROR || answer.rcode === rcodes.NXDOMAIN) return answer
  const who = `the DNS server ${formatServer(server)}`
  if (answer.rcode === rcodes.REFUSED || answer.rcode === rcodes.NOTAUTH) {
    throw new ActivationError('DNS_ZONE_MISSING', `${who} has no zone for ${name} (${rcodeName(answer.rcode)})`)
  }
  throw new ActivationError('DNS_SERVER_FAILED', `${who} could not answer for ${name} (${rcodeName(answer.rcode)})`)
}
