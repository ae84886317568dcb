import { ActivationError } from '@volact/core/errors/activation-error'
import { type AskOptions, askServer } from './ask.ts'
import { formatServer } from './dns-server.ts'
import { opcodes } from './message.ts'
import { rcodeName, rcodes } from './rcode.ts'
import { classes, type ResourceRecord, types } from './record.ts'

/** A record to be added, or exactly this one to be deleted: of others with the same name nothing is touched. */
export interface Change {
  readonly act: 'add' | 'delete'
  readonly name: string
  readonly type: number
  /** Seconds. */
  readonly ttl: number
  readonly data: Uint8Array
}

/**
 * Changes records of a zone, all or none (RFC 2136). Doing it again changes nothing more. Throws what `askServer` does, and
 * `DNS_UPDATE_REFUSED`, `DNS_NOT_AUTHORITATIVE` and `DNS_SERVER_FAILED`.
 */
export async function updateZone(zone: string, changes: readonly Change[], options: AskOptions): Promise<void> {
  const questions = [{ name: zone, type: types.SOA, class: classes.IN }]
  const authorities = changes.map(recordOf)
  const asked = { opcode: opcodes.update, wantsRecursion: false, questions, answers: [], authorities, additionals: [] }
  const { rcode } = await askServer(asked, options)
  if (rcode !== rcodes.NOERROR) throw refusal(rcode, zone, options)
}

/** RFC 2136 §2.5.1 and §2.5.4. */
function recordOf({ act, name, type, ttl, data }: Change): ResourceRecord {
  if (act === 'add') return { name, type, class: classes.IN, ttl, data }
  return { name, type, class: classes.NONE, ttl: 0, data }
}

function refusal(rcode: number, zone: string, { server, key }: AskOptions): ActivationError {
  const [who, code] = [`the DNS server ${formatServer(server)}`, rcodeName(rcode)]
  switch (rcode) {
    case rcodes.REFUSED: {
      const how = key === undefined ? 'without a key' : `with the key ${key.name}`
      return new ActivationError('DNS_UPDATE_REFUSED', `${who} refuses this change of ${zone} ${how} (REFUSED)`)
    }
    case rcodes.NOTAUTH:
    case rcodes.NOTZONE:
      return new ActivationError('DNS_NOT_AUTHORITATIVE', `${who} is not responsible for ${zone} (${code})`)
    default:
      return new ActivationError('DNS_SERVER_FAILED', `${who} could not change ${zone} (${code})`)
  }
}
