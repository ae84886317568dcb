import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'

/** Where messages of syslog go. What is lost on the way is lost: a log never holds up the host. */
export interface SyslogTarget {
  send(message: string): void
  close(): Promise<void>
}

/** How long the last messages may take, in milliseconds; and how many bytes may wait. */
const patience = 1_000
const mostWaiting = 1_000_000

/** Opens the way to syslog: the path of its socket, or `udp://HOST:PORT` (RFC 5426). */
export function openSyslog(target: string): SyslogTarget {
  const [, bracketed, plain, port] = /^udp:\/\/(?:\[([^\]]+)\]|([^:]+)):(\d+)$/i.exec(target) ?? []
  const host = bracketed ?? plain
  return host === undefined ? new LocalSyslog(target) : new UdpSyslog(host, Number(port))
}

class UdpSyslog implements SyslogTarget {
  readonly #host: string
  readonly #port: number
  readonly #socket: Socket

  constructor(host: string, port: number) {
    this.#host = host
    this.#port = port
    this.#socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4').on('error', () => undefined)
    this.#socket.unref()
  }

  send(message: string): void {
    this.#socket.send(message, this.#port, this.#host, () => undefined)
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const done = (): void => {
      resolve(undefined)
    }
    // An empty send behind all others: they are out when it is, unless a name server keeps them waiting.
    this.#socket.send('', this.#port, this.#host, done)
    const timer = setTimeout(done, patience)
    await promise
    clearTimeout(timer)
    this.#socket.close()
  }
}

/** Node has no datagrams on Unix sockets, which is what `/dev/log` takes: `logger` of util-linux does, and stays while the host runs. */
class LocalSyslog implements SyslogTarget {
  readonly #logger: ChildProcess

  constructor(path: string) {
    const arguments_ = ['--socket', path, '--socket-errors=off', '--prio-prefix', '--rfc5424', '--tag', 'volact-host']
    this.#logger = spawn('logger', arguments_, { stdio: ['pipe', 'ignore', 'ignore'] })
    this.#logger.on('error', () => undefined)
    this.#logger.stdin?.on('error', () => undefined)
    this.#logger.unref()
  }

  /** `logger` writes the header itself: it takes priority and text. What it does not take in time does not fill the memory. */
  send(message: string): void {
    if ((this.#logger.stdin?.writableLength ?? 0) > mostWaiting) return
    const [, priority = '', text = ''] = /^(<\d+>)1 (?:\S+ ){5}- ([^]*)$/.exec(message) ?? []
    this.#logger.stdin?.write(`${priority}${text}\n`)
  }

  async close(): Promise<void> {
    const { exitCode, signalCode, pid } = this.#logger
    if (exitCode !== null || signalCode !== null || pid === undefined) return
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#logger.once('exit', () => {
      resolve(undefined)
    })
    this.#logger.stdin?.end()
    const timer = setTimeout(() => this.#logger.kill('SIGKILL'), patience)
    await promise
    clearTimeout(timer)
  }
}
