import { type OldOption, type OptionSection, type Standing, usageOf } from './slmgr/option.ts'
import { osppSections } from './slmgr/ospp-table.ts'
import { rightsHere, rightsThere } from './slmgr/rights.ts'
import { slmgrSections } from './slmgr/slmgr-table.ts'

const introduction = `# From slmgr to volact

<!-- Generated from the tables in apps/cli/src/slmgr by "npm run docs". -->

\`volact slmgr\` takes the options of \`slmgr.vbs\`, and \`volact ospp\` those of \`ospp.vbs\`, for the products of vendors who use Volact; it activates neither Windows nor Office.

- An option begins with \`/\` or \`-\` and may be in any case; its value follows a space or a colon: \`/skms host:1688\`, \`-SKMS:host:1688\`. One option at a time.
- \`--dir\` names the folder of a client or of a host, and \`--json\` prints one object. Without \`--dir\` an option speaks for the host if one is set up here and the option means something to it, else for the client. \`ospp\` is for clients only.
- Where no product is named, all that are installed are meant, for \`All\` as well; \`/upk\` wants one named where there are several. An ActID is an activation ID or the slug of a product; on a host, the ID of a vendor or of an application.
- Other machines are not reached from here: log in there with ssh, or use the console of the host.
- Labels and sentences that scripts look for are those of the old commands, times are UTC as \`2026-11-21T01:27:00Z\`, and what only Volact knows follows after them. A key is never shown whole: its last five characters are.
- A failure ends the output with \`Error: 0xC004F038 …\`, and says on standard error what to do.

| exit status | meaning |
|---|---|
| 0 | done |
| 10 | the answer was no; also an option that is not connected yet (\`NOT_CONNECTED_YET\`) |
| 2 | the command was not written correctly; also an option with nothing here that it could do (\`NO_COUNTERPART\`) |
| 3 | nobody could be reached |
| 4 | this machine is in the way: permission, disk, port, damaged file |

The data folder of the machine belongs to its administrator, and so do all options that look into it. Any other account has a folder of its own, with licenses of its own, in which it needs no rights; it is told so.
Of the old commands, "if allowed" means: anybody, where \`UserOperations\` is set to 1.
`

/** The page for those who come from slmgr: every option, what it is here, and who may use it. */
export function fromSlmgrPage(): string {
  return [introduction, ...pages('slmgr', slmgrSections, ' '), ...pages('ospp', osppSections, ':')].join('\n')
}

function pages(command: string, sections: readonly OptionSection[], joint: string): readonly string[] {
  const tables = sections.map(({ title, options }) => {
    return [`### ${title}\n`, ...heading, ...options.map((option) => row(option, joint)), ''].join('\n')
  })
  return [`## \`volact ${command}\`\n`, ...tables]
}

const heading = ['| option | what it does | here | rights in the old command | rights here |', '|---|---|---|---|---|']

function row(option: OldOption, joint: string): string {
  const usage = usageOf(option, joint).replaceAll('|', '\\|')
  const { does, elevated, standing } = option
  return `| \`${usage}\` | ${does} | ${hereOf(standing)} | ${rightsThere[elevated]} | ${rightsHere(option)} |`
}

function hereOf(standing: Standing): string {
  switch (standing.kind) {
    case 'connected':
      return [...new Set([standing.client, standing.host])]
        .flatMap((command) => (command === undefined ? [] : `\`${command.replaceAll('|', '\\|')}\``))
        .join(', ')
    case 'nothing-to-do':
      return `nothing to do, exit 0: ${standing.why}`
    case 'not-yet':
      return `not connected yet, exit 10: it needs ${quoted(standing.needs)}`
    case 'no-counterpart':
      return `no counterpart, exit 2: ${quoted(standing.why)}`
  }
}

/** Commands stand in quotation marks where a terminal shows them, and as code here. */
function quoted(text: string): string {
  return text.replaceAll(/"([^"]+)"/g, '`$1`')
}
