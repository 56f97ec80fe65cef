import { invariant } from '../../src/ops/errors.ts';

/** Names that a parser, a key or a database collation might stumble over; real files have such. */
const oddNames = [
  'gift_0001_20',
  'GIFT WRAP',
  'gift_0001_10',
  'CARD RACK LARGE',
  'gift_0001_50',
  'DCGSSBOY',
];
const letters = 'ABCDEFGHLPSW';
const letterShare = 0.27;
/** Real catalogues have 85123A and 85123a as two SKUs; whoever folds case would merge them. */
const twinShare = 0.09;

/**
 * `count` (1 to 50,000) distinct SKUs in no particular order: mostly five digits, a good quarter
 * with a letter (`85123A`), a few that differ from another only in case, one with a space or an
 * underscore in at most every tenth. Draws from `random` only.
 */
export function skuNames(count: number, random: () => number): string[] {
  invariant(Number.isInteger(count) && count >= 1 && count <= 50_000, `${count} SKUs`);
  const names = oddNames.slice(0, Math.floor(count / 10));
  const stride = Math.floor(90_000 / count);
  for (let i = 0; names.length < count; i++) {
    const number = 10_000 + i * stride + Math.floor(random() * stride);
    const letter = letters[Math.floor(random() * letters.length)] ?? '';
    const name = `${number}${random() < letterShare ? letter : ''}`;
    names.push(name);
    const twin = name.toLowerCase();
    if (twin !== name && names.length < count && random() < twinShare) names.push(twin);
  }
  return shuffled(names, random);
}

function shuffled(names: string[], random: () => number): string[] {
  for (let i = names.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [names[i], names[j]] = [names[j] ?? '', names[i] ?? ''];
  }
  return names;
}
