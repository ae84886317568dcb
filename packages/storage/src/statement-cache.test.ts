import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { statementCache } from './statement-cache.ts'

it('prepares a text once, and forgets the one unused for the longest time beyond its bound', () => {
  const database = new DatabaseSync(':memory:')
  const prepare = statementCache(database, 2)
  const [one, two] = [prepare('select 1'), prepare('select 2')]
  expect(prepare('select 1')).toBe(one)
  prepare('select 3')
  expect(prepare('select 1')).toBe(one)
  expect(prepare('select 2')).not.toBe(two)
})
