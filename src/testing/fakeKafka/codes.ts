/** Kafka's numbers for the requests that fake brokers answer. */
export const apis = {
  produce: 0,
  metadata: 3,
  findCoordinator: 10,
  apiVersions: 18,
  initProducerId: 22,
  addPartitionsToTxn: 24,
  endTxn: 26,
} as const;

/** The one version of each that they speak. */
export const versions: Record<number, number> = {
  [apis.produce]: 3,
  [apis.metadata]: 1,
  [apis.findCoordinator]: 1,
  [apis.apiVersions]: 1,
  [apis.initProducerId]: 0,
  [apis.addPartitionsToTxn]: 0,
  [apis.endTxn]: 0,
};

/** Kafka's numbers for its refusals. */
export const errors = {
  none: 0,
  leaderNotAvailable: 5,
  notLeader: 6,
  messageTooLarge: 10,
  notCoordinator: 16,
  notEnoughReplicas: 19,
  outOfOrder: 45,
  duplicateSequence: 46,
} as const;
