import { invariant } from '../../ops/errors.ts';

/** A method as seen from outside its class: what it is called on comes in as `this`. */
type Method<This> = (this: This, ...args: never[]) => unknown;

/** Replaces a method of a class of kafkajs; stops when the class has no such method. */
export function patchMethod<This, F extends Method<This>>(
  kafkajsClass: unknown,
  name: string,
  wrap: (original: F) => F,
): void {
  const { prototype } = kafkajsClass as { prototype?: Record<string, unknown> };
  const original = prototype?.[name];
  invariant(prototype && typeof original === 'function', `kafkajs has no method ${name} to mend`);
  prototype[name] = wrap(original as F);
}
