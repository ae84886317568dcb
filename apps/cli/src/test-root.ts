/** The banner of everything that rests on a root for tests (rule 11); nothing for any other. */
export function testRootBanner(isTest: boolean): readonly string[] {
  return isTest ? ['TEST ROOT: this vendor exists for tests only, and its licenses are worth nothing'] : []
}
