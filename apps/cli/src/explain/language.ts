import type { Labels, Translation } from './translation.ts'

/** The words around an explanation in English. */
export const english: Labels = {
  cause: 'Likely cause:',
  remedy: 'What to do:',
  exit: 'Exit status:',
  sameAs: (number, name) => `${number} means the same here as ${name}.`,
  elsewhere: (number) => `${number} belongs to the volume activation of Microsoft, not to Volact.`,
  onlyEnglish: 'This is explained in English only.',
  othersEnglish: 'The others are explained in English only.',
}

/** The language that somebody reads, as far as we have it. */
export interface ChosenLanguage {
  /** As RFC 5646 has it: `de`. */
  readonly name: string
  /** Nothing for English, in which everything is written first. */
  readonly translation: Translation | undefined
  /** What was asked for and is not there. */
  readonly missing: string | undefined
}

/** The languages beside English, each loaded when it is asked for. */
export const translations: Readonly<Record<string, () => Promise<{ readonly translation: Translation }>>> = {
  cs: () => import('./cs.ts'),
  de: () => import('./de.ts'),
  fr: () => import('./fr.ts'),
  it: () => import('./it.ts'),
  ja: () => import('./ja.ts'),
}

/** Chooses the language of `--lang`, else that of the environment as POSIX has it (`de_AT.UTF-8`), else English. */
export async function chooseLanguage(
  wish: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ChosenLanguage> {
  // A variable that is set to nothing counts as not set (POSIX, Base Definitions §8.2).
  const [ofEnvironment = 'en'] = ['LC_ALL', 'LC_MESSAGES', 'LANG'].flatMap((key) => env[key] ?? []).filter(Boolean)
  const asked = wish ?? ofEnvironment
  const name = /^[a-z]*/.exec(asked.toLowerCase())?.[0] ?? ''
  const load = Object.hasOwn(translations, name) ? translations[name] : undefined
  if (load !== undefined) return { name, translation: (await load()).translation, missing: undefined }
  return { name: 'en', translation: undefined, missing: isEnglish.has(name) ? undefined : asked }
}

/** `C` and `POSIX` are what a system without a language says. */
const isEnglish: ReadonlySet<string> = new Set(['en', 'c', 'posix'])
