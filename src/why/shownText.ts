/** A text from a record as it may go to a terminal: control characters are spelt out. */
export function shown(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}/gu, (character) => {
    return `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`;
  });
}

/** A stock item; the default location goes without saying. */
export function itemText({ sku, location }: { sku: string; location: string }): string {
  return location === 'main' ? shown(sku) : `${shown(sku)} at ${shown(location)}`;
}

/** Lines of cells, each column as wide as its widest cell; the last one as it is. */
export function alignedLines(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  }
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
