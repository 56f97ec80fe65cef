import { DecodeError } from './decodeError.ts';

const namespace = 'onhand.';

/** Wrappers that are used again and again, one per kind: an encoder reads them and lets go. */
const wrappers = new Map<string, Record<string, unknown>>();

/**
 * A message as avsc wants it in a union of records: `{ 'onhand.KIND': fields }`. The message itself
 * serves as the fields, since an encoder reads only those that the schema names. The wrapper is
 * valid until the next call.
 */
export function wrapBody(message: { kind: string }): Record<string, unknown> {
  let wrapper = wrappers.get(message.kind);
  if (!wrapper) wrappers.set(message.kind, (wrapper = {}));
  wrapper[namespace + message.kind] = message;
  return wrapper;
}

/** Names of union branches by the class that avsc makes for each. */
const branches = new Map<unknown, { kind: string; name: string }>();

/** The fields of a decoded union branch, with the branch's name as `kind`. */
export function unwrapBody(wrapped: Record<string, object>): { kind: string; fields: object } {
  let branch = branches.get(wrapped.constructor);
  if (!branch) {
    const name = Object.keys(wrapped)[0] ?? '';
    branches.set(wrapped.constructor, (branch = { kind: name.slice(namespace.length), name }));
  }
  return { kind: branch.kind, fields: wrapped[branch.name] ?? {} };
}

/**
 * The same of a message whose writer may have named the kind beside the body. Throws
 * KIND_CONTRADICTED when it named another one: a library has chosen the branch by its shape.
 */
export function unwrapNamed(named: string, wrapped: Record<string, object>) {
  const body = unwrapBody(wrapped);
  if (named !== '' && named !== body.kind) {
    throw new DecodeError(
      'KIND_CONTRADICTED',
      `the message says that it is of kind ${JSON.stringify(named.slice(0, 64))}, its body is ` +
        body.kind,
    );
  }
  return body;
}
