/** Decoded fields whose lines are plain objects, not instances of the decoder's own classes. */
export function plainLines(fields: object): object {
  if (!('lines' in fields)) return fields;
  return { ...fields, lines: (fields.lines as object[]).map((line) => ({ ...line })) };
}
