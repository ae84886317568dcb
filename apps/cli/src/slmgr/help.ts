import { columns } from '../columns.ts'
import type { Printed } from '../output.ts'
import { type OldOption, type OptionSection, usageOf } from './option.ts'

/** Writes the help of an old command: every option, and where one does nothing, that it does so. */
export function helpOf(command: 'slmgr' | 'ospp', sections: readonly OptionSection[]): Printed {
  const joint = command === 'ospp' ? ':' : ' '
  const texts = sections.map(({ title, options }) => {
    return `${title}\n${columns(options.map((option) => ['', usageOf(option, joint), describe(option)]))}`
  })
  const heading = `volact ${command} [--dir DIR] [--json] /OPTION [VALUE …]\n${more}`
  return {
    text: [heading, ...texts].join('\n\n'),
    json: { options: sections.flatMap(({ options }) => options.map((option) => toJson(option, joint))) },
  }
}

const more =
  'An option begins with / or -, in any case; its value follows a space or a colon. docs/from-slmgr.md says what each equals.'

function describe({ does, standing }: OldOption): string {
  switch (standing.kind) {
    case 'connected':
      return does
    case 'nothing-to-do':
      return `${does} (there is nothing to do here)`
    case 'not-yet':
      return `${does} (not connected yet)`
    case 'no-counterpart':
      return `${does} (nothing here that it could do)`
  }
}

function toJson(option: OldOption, joint: string): object {
  const { name, does, standing } = option
  return { option: `/${name}`, usage: usageOf(option, joint), does, standing: standing.kind }
}
