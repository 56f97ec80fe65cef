type Value = string | number;

/** An element of a picture, as text. */
export function element(
  name: string,
  attributes: Record<string, Value>,
  content: readonly string[] | string = [],
): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${shown(value)}"`);
  const inner = typeof content === 'string' ? escaped(content) : content.join('\n');
  return `<${name}${pairs.join('')}>${inner}</${name}>`;
}

/** Lengths to a tenth of a pixel: more says nothing and makes every change a long one. */
function shown(value: Value): string {
  return typeof value === 'number' ? String(Math.round(value * 10) / 10) : escaped(value);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** A number as people read it, to three digits. */
export function numberText(value: number): string {
  if (value >= 1000) return Number(value.toPrecision(3)).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
