const layer = (folders, above) => ({
  name: `${folders.join('-')}-look-down`,
  severity: 'error',
  from: { path: `^(${folders.join('|')})/` },
  to: { path: `^(${above.join('|')})/` },
})

// What only tests import: it may take from npm and from the test kit, and is not published.
const forTests = '\\.(test|fixture)\\.tsx?$'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    layer(['packages'], ['services', 'apps']),
    layer(['services'], ['apps']),
    {
      name: 'core-alone',
      severity: 'error',
      from: { path: '^packages/core/', pathNot: forTests },
      to: { pathNot: ['^packages/core/', '^(node:)?crypto$'] },
    },
    {
      name: 'core-crypto',
      severity: 'error',
      from: { path: '^packages/core/', pathNot: [forTests, '^packages/core/src/crypto\\.ts$'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'files-on-core',
      severity: 'error',
      from: { path: '^packages/files/', pathNot: forTests },
      to: { path: '^packages/', pathNot: '^packages/(core|files)/' },
    },
    {
      name: 'nothing-foreign',
      severity: 'error',
      from: { path: '^packages/(core|files|client)/', pathNot: forTests },
      to: { path: '(^|/)node_modules/' },
    },
    {
      name: 'no-siblings',
      severity: 'error',
      from: { path: '^(packages|services|apps)/([^/]+)/', pathNot: '^services/lab/' },
      to: { path: '^$1/', pathNot: ['^$1/$2/', '^packages/(core|files|testkit)/'] },
    },
    {
      name: 'tests-only',
      severity: 'error',
      from: { pathNot: `${forTests}|^packages/testkit/|^tests/` },
      to: { path: '^packages/testkit/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'declared',
      severity: 'error',
      from: { pathNot: forTests },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules'] },
    exclude: { path: ['^(packages|services|apps)/[^/]+/dist/'] },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['volact-source', 'node', 'import', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
}
