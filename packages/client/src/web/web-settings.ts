/** What a machine needs to reach a host under TLS or through a web proxy. */
export interface WebSettings {
  /** Certificates in PEM that are believed beside those that this program believes anyway: of a proxy, or of the site itself. */
  readonly ca?: string
  readonly proxy?: WebProxy
  /** Who is reached without the proxy, as `NO_PROXY` names them. */
  readonly direct?: readonly string[]
}

/** A web proxy that lets connections through (CONNECT, RFC 9110 §9.3.6). */
export interface WebProxy {
  readonly name: string
  readonly port: number
  /** Whether the proxy itself is spoken to under TLS. */
  readonly isSecure: boolean
  /** `user:password`, for Basic (RFC 7617); a secret. */
  readonly credentials?: string
}

/** Reads the address of a proxy as `HTTPS_PROXY` has it, with or without user and password; nothing for anything else. */
export function parseProxy(text: string): WebProxy | undefined {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') return undefined
  const isSecure = url.protocol === 'https:'
  const credentials = decoded(`${url.username}:${url.password}`)
  if (credentials === undefined) return undefined
  return {
    name: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    isSecure,
    ...(credentials !== ':' && { credentials }),
  }
}

/** Nothing for what is not percent-encoded as it should be. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Reads a list of names as `NO_PROXY` has it: names with all names below them, addresses, each with or without a port, or `*`. */
function parseDirect(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((item) => item !== '')
}

/** Gives the proxy for a host; nothing where it is reached without one. */
export function proxyFor({ name, port, via }: Target, web: WebSettings | undefined): WebProxy | undefined {
  if (via !== 'https') return undefined
  return (web?.direct ?? []).some((item) => isMeant(item, name.toLowerCase(), port)) ? undefined : web?.proxy
}

interface Target {
  readonly name: string
  readonly port: number
  readonly via?: string
}

function isMeant(item: string, name: string, port: number): boolean {
  if (item === '*' || item === name) return true
  const [, written = '', digits] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(item) ?? []
  if (written === '' || (digits !== undefined && Number(digits) !== port)) return false
  const meant = written.replace(/^\*?\./, '').replace(/^\[(.*)\]$/, '$1')
  return name === meant || name.endsWith(`.${meant}`)
}

/** What the environment of a program says, as other programs read it too. */
export function webByEnvironment(env: Readonly<Record<string, string | undefined>>): WebSettings {
  const proxy = parseProxy(env['HTTPS_PROXY'] ?? env['https_proxy'] ?? '')
  return proxy === undefined ? {} : { proxy, direct: parseDirect(env['NO_PROXY'] ?? env['no_proxy'] ?? '') }
}
