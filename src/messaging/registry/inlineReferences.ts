type Json = string | Json[] | Record<string, unknown>;

const primitives = new Set('null boolean int long float double bytes string'.split(' '));
const namedTypes = new Set(['record', 'error', 'enum', 'fixed']);

/**
 * An Avro schema that stands by itself: each type that it only names, and that is one of
 * `referenced` (schemas by full name, which may name each other), is put in its place where it is
 * named first. Throws a SyntaxError when one of them is no JSON.
 */
export function inlineReferences(text: string, referenced: ReadonlyMap<string, string>): string {
  const placed = new Set<string>();

  function whole(schema: Json, namespace: string): Json {
    if (typeof schema === 'string') return resolved(schema, namespace);
    if (Array.isArray(schema)) return schema.map((one) => whole(one, namespace));
    const { type, name } = schema as { type: Json; name?: string };
    if (typeof type !== 'string') return { ...schema, type: whole(type, namespace) };
    if (namedTypes.has(type)) return wholeNamed(schema, name ?? '', namespace);
    if (type === 'array') return { ...schema, items: whole(schema.items as Json, namespace) };
    if (type === 'map') return { ...schema, values: whole(schema.values as Json, namespace) };
    return primitives.has(type) ? schema : resolved(type, namespace);
  }

  function wholeNamed(schema: Record<string, unknown>, name: string, outer: string): Json {
    const dot = name.lastIndexOf('.');
    const own = dot < 0 ? ((schema.namespace as string | undefined) ?? outer) : name.slice(0, dot);
    placed.add(fullName(name, own));
    const fields = schema.fields as { type: Json }[] | undefined;
    if (!fields) return schema;
    const wholeFields = fields.map((field) => ({ ...field, type: whole(field.type, own) }));
    return { ...schema, fields: wholeFields };
  }

  /** A name that is known by now, or what it stands for. */
  function resolved(name: string, namespace: string): Json {
    if (primitives.has(name)) return name;
    const full = fullName(name, namespace);
    if (placed.has(full)) return full;
    const found = referenced.get(full) ?? referenced.get(name);
    return found === undefined ? name : whole(JSON.parse(found) as Json, '');
  }

  return JSON.stringify(whole(JSON.parse(text) as Json, ''));
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}
