/** Lays rows of cells out in columns, two spaces apart, without spaces at the end of lines. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, column) => Math.max(most[column] ?? 0, cell.length)),
    [],
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Lays out what is known of one thing: a label and its value on each line, lines without a value left out. */
export function facts(pairs: readonly (readonly [label: string, value: string | number | undefined])[]): string {
  const known = pairs.filter((pair): pair is readonly [string, string | number] => pair[1] !== undefined)
  return columns(known.map(([label, value]) => [label, String(value)]))
}
