import { readFileSync } from 'node:fs';

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string };
  children?: number[];
}

/** A V8 CPU profile, as `node --cpu-prof` writes it. Times are in µs. */
interface CpuProfile {
  nodes: ProfileNode[];
  samples: number[];
  timeDeltas: number[];
}

/** Parts of a processor's work, by where on the stack it is; the first that matches counts. */
const parts: [part: string, where: RegExp][] = [
  ['decode', /src\/(engine\/decodeSlice|messaging\/stockCommandCodec)/],
  ['encode', /src\/(engine\/outboxRows|messaging\/(stockEvent|stockLevel|orderEvent)Codec)/],
  ['decide', /src\/domain\//],
  ['view', /src\/view\/|node_modules\/(ioredis|@ioredis|redis-parser)\//],
  ['SQL', /src\/storage\/|node_modules\/(mysql2|sqlstring|sql-escaper)\//],
  [
    'publish',
    /producers\/|kafkajs\/src\/(producer|protocol\/requests\/(produce|addOffsets|addPart))/,
  ],
  ['fetch', /kafkajs\/src\/(consumer|protocol\/(recordBatch|message|requests\/fetch))/],
  ['Kafka client, both ways', /node_modules\/kafkajs\//],
  ['engine and lanes', /\/(src\/engine|consumers)\//],
];

const special = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(idle)', 'idle'],
  ['(program)', 'Node itself'],
]);

/** Milliseconds that a process spent in each part of its work. */
export function readCpuProfile(file: string): Map<string, number> {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const partById = partsOf(profile.nodes);
  const spent = new Map<string, number>();
  profile.samples.forEach((id, index) => {
    const part = partById.get(id) ?? 'Node itself';
    spent.set(part, (spent.get(part) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1000);
  });
  return spent;
}

/** What a node counts for: its own place in the code, or else that of whoever called it. */
function partsOf(nodes: readonly ProfileNode[]): Map<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found = new Map<number, string>();
  const visit = (node: ProfileNode, inherited: string) => {
    const { functionName, url } = node.callFrame;
    const own = parts.find(([, where]) => where.test(url))?.[0];
    const part = special.get(functionName) ?? own ?? inherited;
    found.set(node.id, part);
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child) visit(child, part);
    }
  };
  const [root] = nodes;
  if (root) visit(root, 'Node itself');
  return found;
}
