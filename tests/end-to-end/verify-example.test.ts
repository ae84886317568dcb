import { execFile } from 'node:child_process'
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { readCatalogFile } from '@volact/authority/catalog/catalog-file'
import { encodePem } from '@volact/core/der/pem'
import { findGroup } from '@volact/core/catalog/key-groups'
import { makeRoot } from '@volact/core/document/certificates.fixture'
import { readLabProduct, referenceCatalog } from '@volact/lab/reference-catalog'
import { isLong } from '@volact/testkit/rounds'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it, onTestFinished } from 'vitest'
import { succeed } from './command.fixture.ts'
import { clone, serve } from './volact.fixture.ts'

const script = join(clone, 'examples', 'verify', 'verify.py')

interface Said {
  readonly status: number
  readonly out: string
  readonly err: string
}

/** An estate of a real authority, host and machines, with the agents of two of its machines. */
interface Estate {
  readonly dir: string
  /** The sockets of the agents. */
  readonly agents: readonly [string, string]
  readonly root: string
  /** What a program of the vendor has in its code. */
  readonly policy: Readonly<Record<string, string>>
}

async function estate(): Promise<Estate> {
  const dir = join(temporaryFolder(), 'lab')
  await succeed('lab', '--once', '--json', '--dir', dir)
  await succeed('host', 'cert', 'export', '--dir', join(dir, 'host'), '-o', join(dir, 'C'))
  const start = async (machine: string): Promise<string> => {
    const socket = join(temporaryFolder(), 'a.sock')
    return (await serve('client', 'agent', '--dir', join(dir, 'machines', machine), '--socket', socket)).address
  }
  const [first, second] = await Promise.all([start('001'), start('002')])
  const { product, family } = readLabProduct()
  const { activationId, generation } = product
  const group = findGroup(readCatalogFile(referenceCatalog()), product.group)?.number
  const policy = {
    ...{ product: activationId, group: String(group), generation: String(generation) },
    ...{ family: family.slug, threshold: String(family.threshold) },
  }
  return { dir, agents: [first, second], root: join(dir, 'C', 'root.pem'), policy }
}

/** Runs the example as a program of the vendor would be run. */
function verify({ root, policy }: Estate, socket: string, more: Readonly<Record<string, string>> = {}): Promise<Said> {
  const options = Object.entries({ socket, root, ...policy, ...more }).map(([name, value]) => `--${name}=${value}`)
  return python(script, ...options)
}

function python(...args: readonly string[]): Promise<Said> {
  const { promise, resolve } = Promise.withResolvers<Said>()
  execFile('python3', ['-B', ...args], (error, out, err) => {
    resolve({ status: error === null ? 0 : Number(error.code), out, err })
  })
  return promise
}

type Fields = Readonly<Record<string, unknown>>

function post(socketPath: string, path: string, body: Fields): Promise<Fields> {
  const { promise, resolve, reject } = Promise.withResolvers<Fields>()
  const outgoing = request({ socketPath, path, method: 'POST' }, (response) => {
    resolve(text(response).then((answer) => JSON.parse(answer) as Fields))
  })
  outgoing.once('error', reject)
  outgoing.end(JSON.stringify(body))
  return promise
}

/** A program that stands where the agent should, and answers with the help of real ones. */
async function impostor(answer: (path: string, asked: Fields) => Promise<Fields>): Promise<string> {
  const socket = join(temporaryFolder(), 'i.sock')
  const server = createServer((incoming, response) => {
    void text(incoming).then(async (asked) => {
      response.end(JSON.stringify(await answer(incoming.url ?? '', JSON.parse(asked) as Fields)))
    })
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(() => void server.close())
  return socket
}

/** Turns over single bits of what the agent really says. */
async function tryBits({ agents: [agent], policy, root }: Estate, path: string, nonce: string): Promise<void> {
  const uid = process.getuid?.() ?? 0
  const given = { ...(await post(agent, path, { nonce, uid })), ...policy, root, nonce, uid }
  const file = join(temporaryFolder(), 'given.json')
  writeFileSync(file, JSON.stringify({ ...given, stride: isLong() ? 31 : 1499 }))
  const { out, err } = await python('-c', bitByBit, join(clone, 'examples', 'verify'), file)
  expect({ out, err }).toEqual({ out: expect.stringMatching(/^genuine\n\d+ tried\n$/) as string, err: '' })
}

function altered(base64: unknown, at: number): string {
  const bytes = Buffer.from(String(base64), 'base64')
  const place = Math.floor(bytes.length * at)
  bytes[place] = (bytes[place] ?? 0) ^ 1
  return bytes.toString('base64')
}

describe('the example for vendors in other languages', () => {
  it('finds the license of this machine, and nothing that was copied, recorded or altered (rule 4)', async () => {
    const own = await estate()
    const [agent, other] = own.agents
    const genuine = await verify(own, agent)
    expect(genuine).toEqual({
      status: 0,
      out: expect.stringMatching(/^licensed until 20\d\d-.*Z\n$/) as string,
      err: '',
    })

    const stranger = join(temporaryFolder(), 'root.pem')
    writeFileSync(stranger, encodePem('CERTIFICATE', makeRoot().der))
    const path = `/v1/licenses/${String(own.policy['product'])}/proof`
    const nonce = Buffer.alloc(32, 7).toString('base64url')
    const recorded = await post(agent, path, { nonce, uid: process.getuid?.() ?? 0 })
    const copied = async (where: string, asked: Fields): Promise<Fields> => {
      return { ...(await post(other, where, asked)), leaseFile: (await post(agent, where, asked))['leaseFile'] }
    }
    const changed = (name: string, at: number) => async (where: string, asked: Fields) => {
      const answer = await post(agent, where, asked)
      return { ...answer, [name]: altered(answer[name], at) }
    }
    const relay = (change: Fields) => (where: string, asked: Fields) => post(agent, where, { ...asked, ...change })
    const cases: readonly (readonly [string, Promise<Said>])[] = [
      ['its key is not here', impostor(copied).then((socket) => verify(own, socket))],
      ['something else than what was asked', impostor(() => Promise.resolve(recorded)).then((it_) => verify(own, it_))],
      ['something else than what was asked', impostor(relay({ nonce })).then((it_) => verify(own, it_))],
      ['something else than what was asked', impostor(relay({ uid: 4_242 })).then((it_) => verify(own, it_))],
      ['not licensed', impostor(changed('leaseFile', 0.1)).then((it_) => verify(own, it_))],
      ['not licensed', impostor(changed('leaseFile', 0.9)).then((it_) => verify(own, it_))],
      ['the proof is forged', impostor(changed('proof', 0.95)).then((it_) => verify(own, it_))],
      ['does not lead to the root', verify(own, agent, { root: stranger })],
      ['no key is installed', verify(own, agent, { product: 'c0ffee00-0000-4000-8000-000000000000' })],
      ['not certified for this product', verify(own, agent, { generation: '99' })],
      ['another threshold', verify(own, agent, { threshold: '26' })],
      ['no agent answers', verify(own, join(own.dir, 'none.sock'))],
    ]
    for (const [sentence, running] of cases) {
      const { status, out, err } = await running
      expect({ status, out, err }).toEqual({ status: 1, out: '', err: expect.stringContaining(sentence) as string })
      expect(err).toMatch(/^not licensed: [^\n]+\n$/)
    }

    await tryBits(own, path, nonce)
    // Laid into the folder of another machine, it is refused by that machine's agent already.
    const licenses = (machine: string): string => join(own.dir, 'machines', machine, 'licenses')
    const [lease = ''] = readdirSync(licenses('001')).filter((name) => name.endsWith('.lease'))
    copyFileSync(join(licenses('001'), lease), join(licenses('002'), lease))
    expect(await verify(own, other)).toMatchObject({
      status: 1,
      err: expect.stringContaining('there is no lease for') as string,
    })
  }, 300_000)

  it('says no to an agent that nests without end, or drips', async () => {
    const say = async (text: string, every: number): Promise<Said> => {
      const socket = join(temporaryFolder(), 'i.sock')
      const server = createServer((_, response) => {
        response.write(text)
        const dripping = setInterval(() => response.write(' '), every)
        setTimeout(() => response.end(), 20 * every)
        response.once('close', () => {
          clearInterval(dripping)
        })
      })
      await new Promise<void>((resolve) => server.listen(socket, resolve))
      onTestFinished(() => {
        server.closeAllConnections()
        server.close()
      })
      const { err, status } = await python('-c', impatient, join(clone, 'examples', 'verify'), socket, script)
      return { err, status, out: '' }
    }
    const [nested, dripped] = await Promise.all([say('['.repeat(100_000), 10), say('{', 300)])
    expect([nested.status, nested.err]).toEqual([
      1,
      'not licensed: what the agent says is malformed (RecursionError)\n',
    ])
    expect([dripped.status, dripped.err]).toEqual([1, 'not licensed: the agent takes too long\n'])
  }, 60_000)

  it('judges the golden vectors of a proof as the real code does', async () => {
    const vectors = join(clone, 'vectors', 'v1', 'agent-proof.json')
    const { out, err } = await python('-c', golden, join(clone, 'examples', 'verify'), vectors)
    expect({ out, err }).toEqual({ out: '', err: '' })
  })
})

/** Prints each case of the golden vectors that comes out otherwise. */
const golden = `
import json, sys, tempfile
sys.path.insert(0, sys.argv[1])
import verify as v
file = json.load(open(sys.argv[2]))
raw = lambda text: bytes.fromhex(text.removeprefix("hex:"))
for verdict in ("good", "bad"):
    for case in file[verdict]:
        given = {**file["shared"], **case["input"]}
        wanted = given["expected"]
        asked = (raw(wanted["nonce"]), raw(wanted["product"]), wanted["uid"], raw(wanted["leaseDigest"]))
        try:
            with tempfile.TemporaryDirectory() as folder:
                v.verify_proof(v.OpenSSL(folder), raw(given["bytes"]), raw(wanted["machine"]), asked)
            found = "good"
        except v.MALFORMED:
            found = "bad"
        if found != verdict:
            print(case["name"], "is", found)
`

/** Runs the example with less patience. */
const impatient = `
import sys
sys.path.insert(0, sys.argv[1])
import verify as v
v.PATIENCE = 2
sys.argv = ["verify.py", "--socket", sys.argv[2], "--root", sys.argv[3], "--product", "387f2bf7-e4c3-4a6c-a0d2-1fa17468da78",
    "--group", "10", "--generation", "1", "--family", "desktop", "--threshold", "25"]
v.main()
`

/** Tries the functions of the example on the genuine bytes, and then with one bit at a time turned over. */
const bitByBit = `
import base64, json, sys, tempfile, time, types, uuid
sys.path.insert(0, sys.argv[1])
import verify as v
given = json.load(open(sys.argv[2]))
policy = types.SimpleNamespace(root=open(given["root"], "rb").read(), product=uuid.UUID(given["product"]),
    group=int(given["group"]), generation=int(given["generation"]), family=given["family"], threshold=int(given["threshold"]))
lease, proof = (base64.b64decode(given[name]) for name in ("leaseFile", "proof"))
nonce = base64.urlsafe_b64decode(given["nonce"] + "=")
def judge(lease, proof):
    with tempfile.TemporaryDirectory() as folder:
        openssl = v.OpenSSL(folder)
        claims = v.verify_lease(openssl, lease, policy, int(time.time()))
        v.verify_proof(openssl, proof, claims[8][5], (nonce, policy.product.bytes, given["uid"], v.sha256(lease)))
judge(lease, proof)
print("genuine")
tried = 0
for name, whole in (("lease", lease), ("proof", proof)):
    for bit in range(0, len(whole) * 8, given["stride"]):
        turned = bytearray(whole)
        turned[bit // 8] ^= 1 << bit % 8
        tried += 1
        try:
            judge(*((bytes(turned), proof) if name == "lease" else (lease, bytes(turned))))
            print("believed:", name, bit)
        except v.MALFORMED:
            pass
print(tried, "tried")
`
