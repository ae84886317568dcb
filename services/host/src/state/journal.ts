import { type Rows, rowWords } from './rows.ts'

interface Undo {
  /** How many images there were before it. */
  readonly images: number
  readonly run: () => void
}

const imageWords = rowWords + 1
const firstImages = 256

/**
 * What a batch has changed, so that it can be taken back when the disk does not take it: images of rows, and for what is rare a
 * function. A batch that is written costs one copy of each row that it touches.
 */
export class Journal {
  readonly #rows: Rows
  #images = new Uint32Array(firstImages * imageWords)
  #count = 0
  #undos: Undo[] = []
  #isOpen = false

  constructor(rows: Rows) {
    this.#rows = rows
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  begin(): void {
    this.commit()
    this.#isOpen = true
  }

  commit(): void {
    this.#isOpen = false
    this.#count = 0
    if (this.#undos.length > 0) this.#undos = []
  }

  /** Notes a row that is about to change. */
  note(row: number): void {
    if (!this.#isOpen) return
    if ((this.#count + 1) * imageWords > this.#images.length) this.#grow()
    const at = this.#count * imageWords
    this.#images[at] = row
    this.#rows.read(row, this.#images, at + 1)
    this.#count += 1
  }

  /** Notes how to take something else back. */
  undo(run: () => void): void {
    if (this.#isOpen) this.#undos.push({ images: this.#count, run })
  }

  /** Takes everything back, the last change first. `restore` is given a row, and where its words stand. */
  rollback(restore: (row: number, words: Uint32Array, at: number) => void): void {
    this.#isOpen = false
    for (let undo = this.#undos.pop(); ; undo = this.#undos.pop()) {
      while (this.#count > (undo?.images ?? 0)) {
        this.#count -= 1
        const at = this.#count * imageWords
        restore(this.#images[at] ?? 0, this.#images, at + 1)
      }
      if (undo === undefined) return
      undo.run()
    }
  }

  #grow(): void {
    const grown = new Uint32Array(2 * this.#images.length)
    grown.set(this.#images)
    this.#images = grown
  }
}
