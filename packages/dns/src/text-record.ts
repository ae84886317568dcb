import type { SrvRecord } from '@volact/core/wire/srv-order'
import { addressData, parseAddress, parseSrv, parseTxt, srvData, txtData } from './data.ts'
import { types } from './record.ts'
import type { Change } from './update.ts'

/** A record as people write it. The text of an SRV record is `priority weight port target`, that of a TXT record one text. */
export interface TextRecord {
  readonly name: string
  readonly type: TextType
  /** Seconds. */
  readonly ttl: number
  readonly text: string
}

/** The types that are published. */
export type TextType = 'A' | 'AAAA' | 'SRV' | 'TXT'

/** Writes the text of an SRV record, the target without the dot at its end. */
export function srvText({ priority, weight, port, target }: SrvRecord): string {
  return [priority, weight, port, target].join(' ')
}

/** Reads the text of an SRV record. */
export function srvOf({ text }: TextRecord): SrvRecord {
  const [priority = '', weight = '', port = '', target = ''] = text.split(' ')
  return { priority: Number(priority), weight: Number(weight), port: Number(port), target }
}

/** Makes a record the object of a change. */
export function changeOf(act: Change['act'], record: TextRecord): Change {
  return { act, name: record.name, type: types[record.type], ttl: record.ttl, data: dataOf(record) }
}

/** Writes the data of a record of a type as text, so that two can be compared. */
export function textOf(type: TextType, data: Uint8Array): string {
  switch (type) {
    case 'A':
    case 'AAAA':
      return parseAddress(data)
    case 'SRV':
      return srvText(parseSrv(data))
    case 'TXT':
      return parseTxt(data) ?? ''
  }
}

function dataOf(record: TextRecord): Uint8Array {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return addressData(record.text)
    case 'SRV':
      return srvData(srvOf(record))
    case 'TXT':
      return txtData(record.text)
  }
}
