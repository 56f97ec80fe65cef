/**
 * What a batch, and all that a fetch brings of a partition at once, may inflate to. For the whole
 * process, as the decoder of kafkajs is: `createKafka` sets it from the settings.
 */
export const inflatedLimit = { bytesMax: 16_777_216 };
