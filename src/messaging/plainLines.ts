/** A decoded message whose lines are plain objects, not instances of the decoder's own classes. */
export function plainLines<Message extends object>(message: Message): Message {
  if (!('lines' in message)) return message;
  return { ...message, lines: (message.lines as object[]).map((line) => ({ ...line })) };
}
