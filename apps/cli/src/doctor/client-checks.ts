import { describeError, formatErrorNumber } from '@volact/core/errors/table'
import { toIso } from '@volact/core/time'
import { type Check, checkOfAll, type Finding, notReached } from './check.ts'
import type { ClientEvidence, Evidence, OpenedClient } from './evidence.ts'
import { durationText } from './host-checks.ts'
import { remedyOf } from './remedy.ts'

/** Which product is installed here, and on which channel. */
export function checkKey(client: ClientEvidence): Check {
  if (client.kind === 'closed') return notReached('key', 'the data folder cannot be used')
  const { product, products } = client.status
  if (product === undefined) {
    const advice = keyAdvice(client)
    return checkOfAll('key', [{ verdict: 'problem', text: 'no key is installed', code: 'NO_PRODUCT_KEY', advice }])
  }
  const others = products.filter((slug) => slug !== product.slug)
  const text = `${product.name}, channel ${product.channel}, setup key ending in ${product.lastFive}`
  const more: Finding[] = others.length === 0 ? [] : [{ verdict: 'ok', text: `also installed: ${others.join(', ')}` }]
  return checkOfAll('key', [{ verdict: 'ok', text }, ...more])
}

/** What holds here, and what comes next. */
export function checkLicense({ client, now }: Evidence): Check {
  if (client.kind === 'closed') return notReached('license', 'the data folder cannot be used')
  const { status } = client
  if (status.product === undefined) return notReached('license', 'there is no key')
  const times = [lastText(status), ...nextText(status, now)].map((text): Finding => ({ verdict: 'ok', text }))
  return checkOfAll('license', [stateFinding(status), ...times])
}

function stateFinding(status: OpenedClient['status']): Finding {
  const { state, reason: code = 'NOT_BOUND' } = status
  const text = stateText(status)
  if (state === 'licensed') return { verdict: 'ok', text }
  return { verdict: state.endsWith('grace') ? 'warning' : 'problem', text, code, advice: remedyOf(code) }
}

/** Whether the folder is well: vendors and their roots, what was found damaged, room on the disk, and the policy. */
export function checkFolder({ client }: Evidence): Check {
  if (client.kind === 'closed') {
    const { dir, code, message } = client
    return checkOfAll('folder', [
      { verdict: 'problem', text: `${dir}: ${message}`, code, advice: closedAdvice(client) },
    ])
  }
  const { status, settings } = client
  return checkOfAll('folder', [
    { verdict: 'ok', text: `${client.dir}, machine ID ${status.machineId}` },
    vendorsFinding(client),
    ...status.notes.map((text): Finding => ({ verdict: 'warning', text, advice: noteAdvice })),
    ...diskFindings(client),
    policyFinding(settings.policy),
  ])
}

const noteAdvice = 'Read the notes on the data folder; what they name was not used.'

function keyAdvice({ vendors }: OpenedClient): string {
  if (vendors.length > 0) return remedyOf('NO_PRODUCT_KEY')
  return 'Add the vendor with "volact client vendor add FILE", then its setup key with "volact client key install KEY".'
}

function closedAdvice({ code }: { readonly code: Parameters<typeof remedyOf>[0] }): string {
  if (code !== 'FOLDER_MISSING') return remedyOf(code)
  return 'No client is set up here: begin with "volact client vendor add FILE".'
}

function stateText({ state, number, reason, expires }: OpenedClient['status']): string {
  const why = reason === undefined ? '' : `, ${reason} ${formatErrorNumber(describeError(reason)?.number ?? 0)}`
  return `${state} (${String(number)})${why}${expires === undefined ? '' : `, until ${toIso(expires)}`}`
}

function lastText({ lastAttempt }: OpenedClient['status']): string {
  if (lastAttempt === undefined) return 'no host was asked yet'
  const { at, outcome, code } = lastAttempt
  return `last attempt ${toIso(at)}: ${outcome}${code === undefined ? '' : `, ${code}`}`
}

function nextText({ nextAttempt }: OpenedClient['status'], now: number): readonly string[] {
  if (nextAttempt === undefined) return []
  const wait = nextAttempt - now
  return [`next attempt ${wait > 0 ? `${toIso(nextAttempt)}, in ${durationText(wait)}` : 'is due'}`]
}

function vendorsFinding({ vendors, status }: OpenedClient): Finding {
  if (vendors.length === 0) {
    const advice = 'Add the vendor of the product with "volact client vendor add FILE".'
    return { verdict: 'problem', text: 'no vendor is known here', code: 'FILE_MISSING', advice }
  }
  const text = `vendors: ${vendors.map(({ name, id }) => `${name} (${id})`).join(', ')}`
  if (status.protected) return { verdict: 'ok', text: `${text}, roots protected` }
  const advice =
    'Add the vendors for the whole machine, without --dir and as an administrator, so that nobody can exchange their roots.'
  return {
    verdict: 'warning',
    text: `${text}, roots unprotected: whoever can write into this folder can exchange them`,
    advice,
  }
}

function diskFindings({ freeBytes }: OpenedClient): readonly Finding[] {
  if (freeBytes === undefined) return []
  const mebibytes = Math.floor(freeBytes / 2 ** 20)
  const text = `${String(mebibytes)} MiB free on its disk`
  if (mebibytes < 1) return [{ verdict: 'problem', text, code: 'DISK_FULL', advice: remedyOf('DISK_FULL') }]
  if (mebibytes < 64) return [{ verdict: 'warning', text, advice: 'Make room on the disk of the data folder soon.' }]
  return [{ verdict: 'ok', text }]
}

function policyFinding({ state, path, problem }: OpenedClient['settings']['policy']): Finding {
  switch (state) {
    case 'none':
      return { verdict: 'ok', text: `no policy file at ${path}` }
    case 'valid':
      return { verdict: 'ok', text: `the policy ${path} is in force` }
    case 'invalid': {
      const advice = `Put ${path} right: nothing is activated before that.`
      return {
        verdict: 'problem',
        text: `the policy ${path} is not valid: ${problem ?? ''}`,
        code: 'POLICY_INVALID',
        advice,
      }
    }
  }
}
