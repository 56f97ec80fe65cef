import { type Admin, AssignerProtocol } from 'kafkajs';
import { OperationalError } from '../src/ops/errors.ts';

/** Who is in a consumer group, as a reader of one topic sees it. */
interface GroupMembers {
  /** Topics that members read who do not read ours. */
  foreignTopics: string[];
  /** How many partitions of ours belong to members who read it. */
  owned: number;
}

/**
 * Throws GROUP_SHARED when readers of other topics are in the group, and this reader is only about
 * to begin, or lacks partitions to them. False while the group is on the move: its members are to
 * be told again. Throws kafkajs' errors.
 */
export async function requireOwnGroup(
  admin: Admin,
  groupId: string,
  { topic, partitions, begins }: { topic: string; partitions: number; begins: boolean },
): Promise<boolean> {
  const members = await membersOf(admin, groupId, topic);
  if (!members) return false;
  const { foreignTopics, owned } = members;
  if (foreignTopics.length > 0 && (begins || owned < partitions)) {
    throw new OperationalError(
      'GROUP_SHARED',
      `members of the group '${groupId}' read ${foreignTopics.join(', ')}, and not ${topic}`,
      { hint: 'Give this reader a group of its own.' },
    );
  }
  return true;
}

async function membersOf(
  admin: Admin,
  groupId: string,
  topic: string,
): Promise<GroupMembers | undefined> {
  const [group] = (await admin.describeGroups([groupId])).groups;
  // Only then does the coordinator say what members read.
  if (group?.state !== 'Stable') return undefined;
  const foreignTopics = new Set<string>();
  let owned = 0;
  for (const { memberMetadata, memberAssignment } of group.members) {
    const topics = subscriptionOf(memberMetadata);
    if (topics.includes(topic)) {
      const assigned = AssignerProtocol.MemberAssignment.decode(memberAssignment);
      owned += assigned?.assignment[topic]?.length ?? 0;
    } else {
      for (const other of topics) foreignTopics.add(other);
    }
  }
  return { foreignTopics: [...foreignTopics].sort(), owned };
}

function subscriptionOf(memberMetadata: Buffer): string[] {
  return AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics ?? [];
}
