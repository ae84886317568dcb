/** What a unit of systemd for the host is written with. */
export interface HostUnit {
  /** The words that start `volact`, each a path or a plain option. */
  readonly command: readonly string[]
  /** The data folder, where it is not the usual one. */
  readonly dir?: string
}

/** Where systemd looks for units of the administrator. */
export const hostUnitPath = '/etc/systemd/system/volact-host.service'

/** Writes the unit of systemd that runs the host. */
export function hostUnit({ command, dir }: HostUnit): string {
  const start = [...command, 'host', 'serve', ...(dir === undefined ? [] : ['--dir', dir])]
  const folder =
    dir === undefined ? 'StateDirectory=volact/host\nStateDirectoryMode=0700' : `ReadWritePaths=${quoted(dir)}`
  return template.replace('@START@', start.map(quoted).join(' ')).replace('@FOLDER@', folder)
}

function quoted(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `"${word.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('%', '%%')}"`
}

const template = `# The activation host: docs/operations.md
[Unit]
Description=Volact activation host
Wants=network-online.target
After=network-online.target nss-lookup.target time-sync.target

[Service]
Type=notify
# Its readiness is told by systemd-notify, which is a process of its own.
NotifyAccess=all
ExecStart=@START@
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5
# A start reads what the ledger has behind its last snapshot; a stop answers what was accepted.
TimeoutStartSec=300
TimeoutStopSec=60
# Settings for one machine can stand here, as VOLACT_HOST_LISTEN=192.0.2.1:1688.
EnvironmentFile=-/etc/default/volact-host
Environment=VOLACT_HOST_LOG_TO=journald
LimitNOFILE=65536

@FOLDER@
UMask=0077

# It runs as root to read what only root may read of the hardware, and needs no right of root beside that and ports below 1024.
CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SYS_NICE
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
# Not PrivateDevices, which hides the names by which the disk of / is found: commands would see other hardware than the host.
DevicePolicy=closed
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
# Not MemoryDenyWriteExecute: Node compiles what it runs.

[Install]
WantedBy=multi-user.target
`
