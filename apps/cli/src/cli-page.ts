import type { Argument, Command, Option } from 'commander'
import { makeProgram } from './program.ts'

const introduction = `# The command line

<!-- Generated from the program in apps/cli by "npm run docs". -->

One command, \`volact ROLE NOUN VERB\`. What it prints goes to standard output, what it has to say beside that to standard error. With \`--json\` it prints one JSON object: the result, or
\`{"error": {"code", "number", "message", "remedy"}}\` where it fails. Times in JSON are whole seconds since 1970.

| exit status | meaning |
|---|---|
| 0 | done |
| 10 | refused: the answer was no |
| 2 | the command was not written correctly |
| 3 | nobody could be reached |
| 4 | this machine is in the way: permission, disk, port, damaged file |
| 70 | a bug; with \`VOLACT_DEBUG=1\` it shows where |
| 130 | stopped by Ctrl-C |

\`--dir\` names a data folder. Without it an administrator's is \`/var/lib/volact/ROLE\` (\`%ProgramData%\\Volact\\ROLE\`, \`/Library/Application Support/Volact/ROLE\`), anybody else's \`~/.volact/ROLE\`. A command on a folder that a running service holds speaks to that service.
[errors.md](errors.md) lists every error, [from-slmgr.md](from-slmgr.md) the options of \`slmgr\` and \`ospp\`.
`

/** The reference of the command line, written from the commands themselves. */
export function cliPage(): string {
  const nowhere = { out: () => undefined, err: () => undefined, terminal: undefined, now: () => 0, debug: false }
  const surroundings = { platform: 'linux', env: {}, uid: 0 } as const
  const world = { ...nowhere, command: 'volact', surroundings, stop: () => new AbortController().signal }
  const program = makeProgram(world, () => undefined)
  return [introduction, ...program.commands.flatMap((command) => sections(command, [program.name()]))].join('\n')
}

function sections(command: Command, above: readonly string[]): readonly string[] {
  const path = [...above, command.name()]
  if (command.commands.length === 0) return [section(command, path)]
  const introduced = path.length === 2 ? [`## \`${path.join(' ')}\`\n\n${sentence(command.description())}\n`] : []
  const heading = command.options.length > 0 ? [section(command, path)] : introduced
  return [...heading, ...command.commands.flatMap((below) => sections(below, path))]
}

function section(command: Command, path: readonly string[]): string {
  const level = path.length === 2 ? '##' : '###'
  const names = command.registeredArguments.map(usageOf)
  const rows = [...command.registeredArguments.map(argumentRow), ...command.options.map(optionRow)]
  const table = ['| argument or option | |', '|---|---|', ...rows].join('\n')
  return `${level} \`${[...path, ...names].join(' ')}\`\n\n${sentence(command.description())}\n\n${table}\n`
}

function usageOf(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`
}

function argumentRow(argument: Argument): string {
  return `| \`${usageOf(argument)}\` | ${argument.description} |`
}

function optionRow({ flags, description, mandatory, defaultValue, argChoices }: Option): string {
  const notes = [
    ...(mandatory ? ['required'] : []),
    ...(argChoices === undefined ? [] : [`one of ${argChoices.join(', ')}`]),
    ...(defaultValue === undefined ? [] : [`default ${shownDefault(defaultValue)}`]),
  ]
  return `| \`${flags}\` | ${[description, ...notes].join('; ')} |`
}

function shownDefault(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'host' in value && 'port' in value) {
    return `${String(value.host)}:${String(value.port)}`
  }
  return String(value)
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
