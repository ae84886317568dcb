const layer = (folders, above) => ({
  name: `${folders.join('-')}-look-down`,
  severity: 'error',
  from: { path: `^(${folders.join('|')})/` },
  to: { path: `^(${above.join('|')})/` },
})

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    layer(['packages'], ['services', 'apps']),
    layer(['services'], ['apps']),
    {
      name: 'core-alone',
      severity: 'error',
      from: { path: '^packages/core/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^packages/core/', '^(node:)?crypto$'] },
    },
    {
      name: 'core-crypto',
      severity: 'error',
      from: { path: '^packages/core/', pathNot: ['\\.test\\.ts$', '^packages/core/src/crypto\\.ts$'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-siblings',
      severity: 'error',
      from: { path: '^(packages|services|apps)/([^/]+)/', pathNot: '^services/lab/' },
      to: { path: '^$1/', pathNot: ['^$1/$2/', '^packages/(core|testkit)/'] },
    },
    {
      name: 'tests-only',
      severity: 'error',
      from: { pathNot: '\\.test\\.tsx?$|^packages/testkit/|^tests/' },
      to: { path: '^packages/testkit/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'declared',
      severity: 'error',
      from: { pathNot: '\\.test\\.tsx?$' },
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
