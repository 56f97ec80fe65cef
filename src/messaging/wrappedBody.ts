const namespace = 'onhand.';

/**
 * A message as avsc wants it in a union of records: `{ 'onhand.KIND': fields }`. The message itself
 * serves as the fields, since an encoder reads only those that the schema names.
 */
export function wrapBody<Message extends { kind: string }>(
  message: Message,
): Record<string, Message> {
  return { [namespace + message.kind]: message };
}

/** The fields of a decoded union branch, with the branch's name as `kind`. */
export function unwrapBody<Message extends { kind: string }>(
  wrapped: Record<string, object>,
): Message {
  for (const name in wrapped) {
    return { kind: name.slice(namespace.length), ...wrapped[name] } as Message;
  }
  throw new TypeError('a union of records without a branch');
}
