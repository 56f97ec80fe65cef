/** A logger in kafkajs' shape that says nothing, for its internals on their own. */
export const silentKafkaLogger = {
  info: ignore,
  error: ignore,
  warn: ignore,
  debug: ignore,
  setLogLevel: ignore,
  namespace: (): object => silentKafkaLogger,
};

function ignore(): void {
  // Says nothing.
}
