import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ActivationError } from '@volact/core/errors/activation-error'
import { rounds } from '@volact/testkit/rounds'
import { temporaryFolderOnDisk } from '@volact/testkit/temporary-folder'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isLocked, lockFolder } from './lock.ts'
import { processName } from './running-process.ts'

/** Starts a real process that runs `body`, in which `lockFolder` and `folder` are known. */
function start(folder: string, body: string): ChildProcess {
  const source = `
    import fs from 'node:fs'
    import { lockFolder } from ${JSON.stringify(new URL('lock.ts', import.meta.url).href)}
    const folder = ${JSON.stringify(folder)}
    ${body}`
  const child = spawn(process.execPath, ['--conditions=volact-source', '--input-type=module', '--eval', source], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function* lines({ stdout }: ChildProcess): AsyncGenerator<string, undefined> {
  if (stdout === null) throw new Error('no pipe')
  for await (const line of createInterface(stdout)) yield line
  return undefined
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  return (await lines(child).next()).value
}

const takeAndStay = `lockFolder(folder); console.log('taken'); process.stdin.resume()`

function refusal(work: () => unknown): ActivationError {
  try {
    work()
  } catch (error) {
    if (error instanceof ActivationError) return error
  }
  throw new Error('nothing was refused')
}

describe('lockFolder', () => {
  it('refuses a second owner and names the pid of the first', () => {
    const folder = temporaryFolderOnDisk()
    lockFolder(folder)
    const error = refusal(() => lockFolder(folder))
    expect(error.code).toBe('FOLDER_IN_USE')
    expect(error.message).toContain(`process ${String(process.pid)}`)
  })

  it('can be taken again after it was released, and releasing twice does not free it for a third', () => {
    const folder = temporaryFolderOnDisk()
    const first = lockFolder(folder)
    first.release()
    lockFolder(folder)
    first.release()
    expect(refusal(() => lockFolder(folder)).code).toBe('FOLDER_IN_USE')
  })

  it('leaves nothing to clean up when its owner is killed', async () => {
    const folder = temporaryFolderOnDisk()
    const child = start(folder, takeAndStay)
    expect(await firstLine(child)).toBe('taken')
    expect(refusal(() => lockFolder(folder)).message).toContain(`process ${String(child.pid)}`)
    child.kill('SIGKILL')
    await once(child, 'exit')
    lockFolder(folder)
    expect(readdirSync(join(folder, 'lock'))).toEqual(['2'])
  })

  it('takes a folder from an earlier process that had the same pid', () => {
    const folder = temporaryFolderOnDisk()
    lockFolder(folder)
    const file = join(folder, 'lock', '1')
    expect(readFileSync(file, 'utf8')).toBe(processName())
    writeFileSync(file, `${String(process.pid)}-1.00000000`)
    lockFolder(folder)
  })

  it.each(['', 'nonsense', '0-', '-1-', '1.5'])('is free when the owner file holds %j', (content) => {
    const folder = temporaryFolderOnDisk()
    lockFolder(folder)
    writeFileSync(join(folder, 'lock', '1'), content)
    lockFolder(folder)
  })

  it('makes no folder, and releases in peace when the folder was deleted under it', () => {
    const folder = temporaryFolderOnDisk()
    const lock = lockFolder(folder)
    rmSync(folder, { recursive: true })
    lock.release()
    expect(refusal(() => lockFolder(folder)).code).toBe('FILE_MISSING')
  })

  it('has exactly one winner when twenty race for the folder of a killed owner', async () => {
    const folder = temporaryFolderOnDisk()
    const owner = start(folder, takeAndStay)
    await firstLine(owner)
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    const body = `
      console.log('ready')
      process.stdin.once('data', () => {
        try { lockFolder(folder); console.log('won') } catch (error) { console.log(error.code) }
      })`
    const racers = Array.from({ length: 20 }, () => start(folder, body))
    const outputs = racers.map(lines)
    await Promise.all(outputs.map((output) => output.next()))
    for (const { stdin } of racers) stdin?.write('go')
    const results = await Promise.all(outputs.map(async (output) => (await output.next()).value))
    expect(results.toSorted()).toEqual([...Array<string>(19).fill('FOLDER_IN_USE'), 'won'])
  }, 60_000)

  it('lets one in at a time while several take, release and are killed', async () => {
    const folder = temporaryFolderOnDisk()
    const body = `
      const inside = folder + '/inside'
      for (let done = 0; done < ${String(rounds(1_000))}; ) {
        try {
          const lock = lockFolder(folder)
          fs.writeFileSync(inside, String(process.pid))
          for (let i = 0; i < 5; i++) if (fs.readFileSync(inside, 'utf8') !== String(process.pid)) throw new Error('not alone')
          lock.release()
          done += 1
        } catch (error) {
          if (error.code !== 'FOLDER_IN_USE') { console.log(error.message); process.exit(1) }
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random() * 3)
        }
      }
      console.log('alone')`
    const workers = Array.from({ length: 4 }, () => start(folder, body))
    const doomed = start(folder, body.replace(/done < \d+/, 'true'))
    const results = Promise.all(workers.map(firstLine))
    await once(doomed, 'spawn')
    while (!readdirSync(folder).includes('inside')) await new Promise(setImmediate)
    doomed.kill('SIGKILL')
    expect(await results).toEqual(Array(4).fill('alone'))
  }, 120_000)

  it('is seen without being taken', async () => {
    const folder = temporaryFolderOnDisk()
    expect(isLocked(folder)).toBe(false)
    const lock = lockFolder(folder)
    expect(isLocked(folder)).toBe(true)
    lock.release()
    expect(isLocked(folder)).toBe(false)
    const child = start(folder, takeAndStay)
    await firstLine(child)
    expect(isLocked(folder)).toBe(true)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isLocked(folder)).toBe(false)
  })
})
