/** A number of the reference that means nothing here. */
export interface ErrorElsewhere {
  readonly number: number
  /** What it means there and where to look, as whole sentences. */
  readonly advice: string
}

const firmware =
  'It is about a marker of the manufacturer in the firmware. Ask the manufacturer or Microsoft for a key.'
const token = 'It is about activation with a smart card. Look at its certificates and issuance licenses with slmgr.vbs.'

/** Numbers that administrators may have copied from Windows or Office, and that no part of Volact ever shows. */
export const errorsElsewhere: readonly ErrorElsewhere[] = [
  {
    number: 0xc004c017,
    advice: 'It says that a key is not valid in this region. Keys of Volact have no regions: ask Microsoft.',
  },
  { number: 0xc004f001, advice: 'It is an internal error of the software protection service: restart that service.' },
  { number: 0xc004f011, advice: token },
  {
    number: 0xc004f035,
    advice: 'It says that Windows needs a qualifying system beneath it. Use a MAK or a retail key of Windows.',
  },
  { number: 0xc004f057, advice: firmware },
  { number: 0xc004f058, advice: firmware },
  { number: 0xc004f059, advice: firmware },
  {
    number: 0xc004f061,
    advice: 'It says that the key is for an upgrade of Windows. Use a key for a full installation.',
  },
  { number: 0xc004f063, advice: firmware },
  { number: 0xc004f304, advice: token },
  { number: 0xc004f305, advice: token },
  {
    number: 0x80004005,
    advice: 'It is the unspecified error of Windows. Its event log, source Security-SPP, has the real one.',
  },
  { number: 0x8004fe21, advice: 'It says that this copy of Windows is not genuine. Repair Windows or ask Microsoft.' },
]
