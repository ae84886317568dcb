import { addressGroup } from './address-group.ts'
import { FairQueue } from './fair-queue.ts'
import { type BudgetFigures, type Expectation, IdentityBudget, type Shortage } from './identity-budget.ts'
import type { StrangerLimits } from './limits.ts'
import { RetrySlots } from './retry-slots.ts'

/** Why a new identity was sent away: what is used up, too many who wait, or no room on the disk for any. */
export type SentAway = Shortage | 'too-many-wait' | 'no-room'

/** What is done with a new identity when its turn comes, or when it cannot. Neither of them fails. */
export interface Stranger {
  readonly begin: () => void
  /** `retryAfter` in seconds. */
  readonly sendAway: (why: SentAway, retryAfter: number) => void
}

/** Numbers of the door, for status and metrics. */
export interface StrangerFigures extends BudgetFigures {
  readonly waiting: number
  readonly addresses: number
  readonly sentAway: number
  /** Whether there is room on the disk for new ones. */
  readonly room: Room
}

export type Room = 'good' | 'none'

interface Waiting extends Stranger {
  readonly address: string
}

/**
 * The door for new identities (rule 39): they begin at the pace of the budget, the addresses they come from take turns, and who finds
 * the line too long is told when to come again. Machines that are known never come by here (rule 20).
 */
export class Strangers {
  readonly #now: () => number
  readonly #line: FairQueue<Waiting>
  readonly #budget: IdentityBudget
  readonly #slots: RetrySlots
  #timer: NodeJS.Timeout | undefined
  readonly #room: () => Room
  #isClosed = false
  #sentAway = 0

  /** `now` gives seconds with their fractions, and does not run backwards. `room` is asked for each. */
  constructor(limits: StrangerLimits, now: () => number, room: () => Room = () => 'good') {
    this.#now = now
    this.#room = room
    this.#line = new FairQueue(limits.waiting)
    this.#budget = new IdentityBudget(limits)
    this.#slots = new RetrySlots(limits.perSecond)
  }

  /** Lets a new identity in at once, lets it wait for its turn, or sends somebody away. */
  ask(address: string, stranger: Stranger): void {
    if (this.#isClosed) {
      this.#sendAway(stranger, 'too-many-wait')
      return
    }
    if (this.#room() === 'none') {
      this.#sendAway(stranger, 'no-room')
      return
    }
    const group = addressGroup(address)
    const shortage = this.#budget.shortage(group, this.#now())
    if (shortage === 'today' || shortage === 'address-today') {
      this.#sendAway(stranger, shortage)
      return
    }
    const displaced = this.#line.add(group, { ...stranger, address: group })
    if (displaced !== undefined) this.#sendAway(displaced, 'too-many-wait')
    this.#letIn()
  }

  /** Says that one who was let in has turned out to be no new identity. */
  giveBack(address: string): void {
    this.#budget.giveBack(addressGroup(address))
  }

  /** Raises the day's budget by what an administrator has announced. */
  expect(expectation: Expectation): void {
    this.#budget.expect(expectation)
    this.#letIn()
  }

  /** Says how many were let in today before a restart. */
  resume(used: number): void {
    this.#budget.resume(used, this.#now())
  }

  figures(): StrangerFigures {
    const { size, addresses } = this.#line
    return {
      ...this.#budget.figures(this.#now()),
      waiting: size,
      addresses,
      sentAway: this.#sentAway,
      room: this.#room(),
    }
  }

  /** Sends away all who wait, and who comes from now on. */
  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.sendAllAway()
  }

  /** Who waits for his turn is told to come again. */
  sendAllAway(): void {
    for (let next = this.#line.take(); next !== undefined; next = this.#line.take()) {
      this.#sendAway(next, 'too-many-wait')
    }
  }

  #letIn(): void {
    while (this.#line.size > 0) {
      // Whom the cap of one address concerns is known when its turn has come.
      if (this.#budget.shortage('', this.#now()) === 'this-second') {
        this.#timer ??= setTimeout(this.#wake, Math.ceil(1_000 * this.#budget.nextIn(this.#now())))
        return
      }
      const next = this.#line.take()
      if (next === undefined) return
      const shortage = this.#budget.shortage(next.address, this.#now())
      if (shortage === undefined) {
        this.#budget.spend(next.address)
        next.begin()
      } else {
        this.#sendAway(next, shortage)
      }
    }
  }

  readonly #wake = (): void => {
    this.#timer = undefined
    this.#letIn()
  }

  #sendAway(stranger: Stranger, why: SentAway): void {
    this.#sentAway += 1
    stranger.sendAway(why, this.#slots.next(this.#now()))
  }
}
