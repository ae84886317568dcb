import type { Retention } from '@volact/ledger/retain'
import { type ChangedSettings, changedSettings } from './changed-settings.ts'
import type { HostConfig } from './host-config.ts'
import { type LoadedConfig, usualSettings } from './load-config.ts'
import { retentionSettings } from './retention-settings.ts'

/** Settings that were read again, and how they differ from those that a host runs with. */
export interface ReadSettings {
  readonly loaded: LoadedConfig
  readonly changed: ChangedSettings
}

/** The settings that a host runs with, until it takes others. */
export class RunningSettings {
  readonly #read: () => LoadedConfig
  readonly #started: LoadedConfig
  #loaded: LoadedConfig

  /** Reads the settings: the usual ones where there is nothing to read. */
  constructor(read: () => LoadedConfig = () => usualSettings) {
    this.#read = read
    this.#loaded = read()
    this.#started = this.#loaded
  }

  get loaded(): LoadedConfig {
    return this.#loaded
  }

  readonly config = (): HostConfig => this.#loaded.config

  readonly retention = (): Retention => retentionSettings(this.#loaded.config)

  /** Reads them once more, and takes nothing yet. */
  readAgain(): ReadSettings {
    const loaded = this.#read()
    return { loaded, changed: changedSettings(this.#loaded, loaded, this.#started) }
  }

  use(loaded: LoadedConfig): void {
    this.#loaded = loaded
  }
}
