// A product that embeds Volact: it shows its license, lists its features, keeps itself renewed, and says what comes next.
// usage: node sketch.ts [FOLDER]     then type the name of a feature, "now" to ask a host at once, or Ctrl-D
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type License, openClient, vendorFromPack } from '@volact/client'

// Part of the program, and installed with its code: who could exchange them could license it.
const part = (name: string): Buffer => readFileSync(new URL(name, import.meta.url))
const [, , dir] = process.argv

const client = await openClient({
  vendors: [vendorFromPack(part('vendor.pack'), part('root.pem'))],
  setupKey: 'GPHF4-H67VY-6HRKK-HMX7P-M6CPQ',
  // For trying out; without it the licenses lie where all products of the machine have theirs.
  ...(dir !== undefined && { dir }),
})

show(client.license())
client.watch(show)
const running = client.start()

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'now') await running.tryNow()
  else console.log(client.hasFeature(line) ? `${line}: done.` : `${line}: not in your license.`)
}
await client.close()

function show({ message, features, enforcement, notes }: License): void {
  console.log(message)
  if (features.length > 0) console.log(`Features: ${features.join(', ')}.`)
  if (enforcement === 'stop') process.exitCode = 1 // This vendor's policy never says so; yours may.
  for (const note of notes) console.error(`Note: ${note}`)
}
