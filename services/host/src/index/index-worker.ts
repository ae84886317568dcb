import { parentPort, workerData } from 'node:worker_threads'
import { IndexThread } from './index-thread.ts'
import type { FromIndex, IndexThreadData, ToIndex } from './index-messages.ts'
import { lowerPriority } from './thread-priority.ts'

// The thread of the index: started by HostIndex, and nothing but this wiring.
const port = parentPort
if (port === null) throw new Error('this runs as a thread')
lowerPriority()
const thread = new IndexThread(workerData as IndexThreadData, (message: FromIndex) => {
  port.postMessage(message)
})
port.on('message', (message: ToIndex) => {
  thread.hear(message)
})
await thread.run()
port.close()
