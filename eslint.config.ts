import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

const noDefault = { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' }

const impure = [
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
  'process',
  'console',
  'crypto',
  'globalThis',
  'global',
  'Buffer',
  'WebSocket',
  'EventSource',
  'navigator',
  'Intl',
  'localStorage',
  'sessionStorage',
  'require',
]

export default defineConfig(
  globalIgnores(['**/dist/', '.node/', '.cache/', 'coverage/', '**/*.mjs']),
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['apps/console/vite.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // There are no enums to misuse (erasableSyntaxOnly), and these two alone take a third of the time.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-restricted-syntax': ['error', noDefault],
    },
  },
  { files: ['**/*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['packages/core/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...impure.map((name) => ({ name, message: 'core is pure: take it as an argument.' })),
      ],
      'no-restricted-syntax': [
        'error',
        noDefault,
        { selector: 'ImportExpression', message: 'core imports statically.' },
        { selector: 'MetaProperty', message: 'core does not know where it lies.' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'core is pure: take random bytes as an argument.' },
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(node:|(?!\\.{1,2}/))', message: 'core imports only its own files.' }] },
      ],
    },
  },
  {
    files: ['packages/core/src/crypto.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!node:crypto$|\\.{1,2}/)', message: 'crypto.ts imports only node:crypto.' }] },
      ],
    },
  },
)
