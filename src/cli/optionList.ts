/** Collects the values of an option that may be given more than once, each read by `parse`. */
export function optionList<Value>(
  parse: (text: string) => Value,
): (text: string, previous: Value[] | undefined) => Value[] {
  return (text, previous = []) => [...previous, parse(text)];
}
