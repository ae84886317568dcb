import { zoneKeys } from './dns-zones.ts'
import { type ConfigKey, configKeys, hostSettings } from './host-config.ts'
import { variableOf } from './load-config.ts'
import { usualValue } from './shown-setting.ts'

const introduction = `# The settings of a host

<!-- Generated from the table in services/host/src/config by "npm run docs". -->

They stand in \`host.toml\` in the host's folder. Above the file stand variables of the environment, and above those the options of \`volact host serve\` (\`--listen\`, \`--admin\`, and \`--set KEY=VALUE\` for all others). A host whose settings have a mistake does not start; one that runs keeps what it has. Every mistake is named at once, with file and line.

\`\`\`
volact host config get                          all settings, and where each was set
volact host config set intervals.renewal 1440   change one; comments stay, and a running host takes it at once
volact host config unset intervals.renewal
volact host config check                        whether all of it is right
volact host reload                              or SIGHUP: take what was changed by hand
\`\`\`

A setting that says *reload* is taken by a running host, without dropping a connection; one that says *restart* only when the host is started again, and \`reload\` names it. Certificates are read again at each reload.

\`\`\`toml
listen = "0.0.0.0:1688"

[intervals]
renewal = 1440            # daily

[admin]
listen = "127.0.0.1:1690" # /livez, /readyz, /metrics

[dns.zones."corp.example"]
server = "192.0.2.53:53"
key-file = "/etc/volact/tsig.key"
\`\`\`

The file is TOML, of which comments, tables, texts on one line, \`true\`, \`false\`, whole numbers and lists of texts are read. Paths that are not absolute begin at the host's folder.
`

const closing = `
## Zones for DNS

Each zone in which the host publishes itself is a table \`[dns.zones.NAME]\`. Where no zone is named, nothing is published. Zones stand in the file alone.

| key | |
|---|---|
${Object.entries(zoneKeys)
  .map(([key, says]) => `| \`${key}\` | ${says} |`)
  .join('\n')}
`

/** The page of all settings of a host. */
export function configPage(): string {
  const tables = [...Map.groupBy(configKeys, tableOf)].map(([table, keys]) => {
    const title = table === '' ? 'Of the host' : `\`[${table}]\``
    return [
      `\n## ${title}\n`,
      '| setting | values | usual | taken at | |',
      '|---|---|---|---|---|',
      ...keys.map(row),
    ].join('\n')
  })
  const variables = `\nThe variable of a setting is its name in capitals, such as \`${variableOf('admin.listen')}\` for \`admin.listen\`.\n`
  return [introduction, variables, ...tables, closing].join('\n')
}

function tableOf(key: ConfigKey): string {
  return key.includes('.') ? key.slice(0, key.lastIndexOf('.')) : ''
}

function row(key: ConfigKey): string {
  const { values, takes, says } = hostSettings[key]
  const usual = usualValue(key)
  return `| \`${key}\` | ${values} | ${usual === null ? '–' : `\`${String(usual)}\``} | ${takes} | ${says} |`
}
