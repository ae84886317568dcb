import type { Reply } from '../network/reply.ts'

/** Counts the replies that are still owed, so that who closes can wait until none is. */
export class OpenReplies {
  #open = 0
  #waiting: (() => void)[] = []

  /** Gives a reply in the place of another one, which is counted until it is answered. */
  counted(reply: Reply): Reply {
    this.#open += 1
    return {
      get address() {
        return reply.address
      },
      answer: (message, end) => {
        reply.answer(message, end)
        this.#answered()
      },
      answerFrame: (frame) => {
        reply.answerFrame(frame)
        this.#answered()
      },
    }
  }

  /** Waits until none is owed. */
  async settled(): Promise<void> {
    if (this.#open === 0) return
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  #answered(): void {
    this.#open -= 1
    if (this.#open === 0) for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
