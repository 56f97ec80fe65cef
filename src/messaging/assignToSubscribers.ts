import { AssignerProtocol, type PartitionAssigner, PartitionAssigners } from 'kafkajs';

/**
 * kafkajs' round robin, among those members that read all topics of the group's leader. kafkajs
 * deals them out to every member: a reader of other topics that has come into the group, by a name
 * that two installations share, would be given partitions which it passes over, and nobody reads.
 */
export const assignToSubscribers: PartitionAssigner = (given) => {
  const roundRobin = PartitionAssigners.roundRobin(given);
  return {
    ...roundRobin,
    assign: ({ members, topics }) => {
      const readers = members.filter(({ memberMetadata }) => {
        const theirs = AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics ?? [];
        return topics.every((topic) => theirs.includes(topic));
      });
      return roundRobin.assign({ members: readers, topics });
    },
  };
};
