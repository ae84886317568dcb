import { ActivationError } from '@volact/core/errors/activation-error'
import type { Ask, World } from './world.ts'

/** Who answers the questions of a command: a person at the terminal, or nobody, and then the usual answers are taken. */
export interface Questions {
  /** Asks for a text; an empty answer is the usual one. */
  text(question: string, usual: string): Promise<string>
  /** Asks for what must not be seen; nothing where nobody is asked. */
  secret(question: string): Promise<string | undefined>
  /** Asks for yes or no. */
  agree(question: string, usual: 'yes' | 'no'): Promise<boolean>
  readonly isAsking: boolean
}

/** Asks the person at the terminal, or with `--yes` nobody. `USAGE` where nobody is there who could be asked. */
export function questionsFor({ ask }: World, yes: true | undefined): Questions {
  if (yes === true) return unasked
  if (ask !== undefined) return asked(ask)
  throw new ActivationError(
    'USAGE',
    'nobody is at a terminal who could be asked: give --yes and what is needed as options',
  )
}

const unasked: Questions = {
  text: (_question, usual) => Promise.resolve(usual),
  secret: () => Promise.resolve(undefined),
  agree: (_question, usual) => Promise.resolve(usual === 'yes'),
  isAsking: false,
}

function asked(ask: Ask): Questions {
  const answerTo = async (question: string, how?: { readonly hidden: boolean }): Promise<string> => {
    const answer = await ask(question, how)
    if (answer === undefined) throw new ActivationError('USAGE', 'the questions were broken off; nothing more was done')
    return answer
  }
  return {
    text: async (question, usual) => (await answerTo(`${question}${usual === '' ? '' : ` [${usual}]`}: `)) || usual,
    secret: (question) => answerTo(`${question}: `, { hidden: true }),
    agree: async (question, usual) => {
      const answer = await answerTo(`${question} [${usual === 'yes' ? 'Y/n' : 'y/N'}]: `)
      return answer === '' ? usual === 'yes' : /^y(es)?$/i.test(answer)
    },
    isAsking: true,
  }
}
