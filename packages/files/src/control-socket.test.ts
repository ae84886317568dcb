import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { expect, it } from 'vitest'
import { askControl, serveControl } from './control-socket.ts'

it('hands a question to the service and its answer back', async () => {
  const dir = temporaryFolder()
  const control = await serveControl(dir, (question) => Promise.resolve({ echo: question }))
  expect(await askControl(dir, { verb: 'status' })).toEqual({ answer: { echo: { verb: 'status' } } })
  expect(statSync(join(dir, 'control.sock')).mode & 0o777).toBe(0o600)
  await control.close()
  expect(await askControl(dir, { verb: 'status' })).toBeUndefined()
})

it('hands on an error with its code, its attempts and its data', async () => {
  const dir = temporaryFolder()
  const attempts = [{ target: 'a:1688', code: 'HOST_MUTE', message: 'nothing came' }] as const
  const control = await serveControl(dir, () =>
    Promise.reject(new ActivationError('KEY_BLOCKED', 'blocked', { attempts, data: { serial: 7 } })),
  )
  await expect(askControl(dir, 0)).rejects.toMatchObject({
    code: 'KEY_BLOCKED',
    message: 'blocked',
    attempts,
    data: { serial: 7 },
  })
  await control.close()
})

it('keeps a bug of the service a bug', async () => {
  const dir = temporaryFolder()
  const control = await serveControl(dir, () => Promise.reject(new Error('index out of range')))
  const problem = await askControl(dir, 0).catch((error: unknown) => error)
  expect(problem).toBeInstanceOf(Error)
  expect(problem).not.toBeInstanceOf(ActivationError)
  await control.close()
})

it('says that nobody is there for a folder without service, and for a socket that a killed service left', async () => {
  const dir = temporaryFolder()
  expect(await askControl(dir, 0)).toBeUndefined()
  writeFileSync(join(dir, 'control.sock'), '')
  expect(await askControl(dir, 0)).toBeUndefined()
})

it('takes the place of a socket that a killed service left', async () => {
  const dir = temporaryFolder()
  writeFileSync(join(dir, 'control.sock'), '')
  const control = await serveControl(dir, () => Promise.resolve(1))
  expect(await askControl(dir, 0)).toEqual({ answer: 1 })
  await control.close()
})

it('removes nothing but a socket of its own where a link in the folder leads', async () => {
  const dir = temporaryFolder()
  const precious = temporaryFolder()
  writeFileSync(join(precious, 'work'), '')
  symlinkSync(join(precious, 'control.sock'), join(dir, 'control.sock'))
  const control = await serveControl(dir, () => Promise.resolve(1))
  expect(await askControl(dir, 0)).toEqual({ answer: 1 })
  await control.close()
  expect(existsSync(join(precious, 'work'))).toBe(true)
})

it('works in a folder whose path is too long for a socket', async () => {
  const dir = join(temporaryFolder(), 'a-long-name-of-a-folder-'.repeat(8))
  mkdirSync(dir, { recursive: true })
  const control = await serveControl(dir, () => Promise.resolve('far'))
  expect(await askControl(dir, 0)).toEqual({ answer: 'far' })
  await control.close()
  expect(await askControl(dir, 0)).toBeUndefined()
})

it('answers words that are no JSON with an error, and goes on', async () => {
  const dir = temporaryFolder()
  const control = await serveControl(dir, () => Promise.resolve(1))
  await expect(askControl(dir, undefined)).rejects.toThrow()
  expect(await askControl(dir, 0)).toEqual({ answer: 1 })
  await control.close()
})

it('says so when the service ends without an answer', async () => {
  const dir = temporaryFolder()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.resume()
    socket.end()
  })
  await new Promise<void>((resolve) => {
    server.listen(join(dir, 'control.sock'), resolve)
  })
  await expect(askControl(dir, 0)).rejects.toMatchObject({ code: 'FOLDER_IN_USE' })
  await new Promise((resolve) => server.close(resolve))
})
