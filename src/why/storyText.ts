import type { Order } from '../domain/order/orderState.ts';
import { outputColors as colors } from '../ops/terminalColors.ts';
import { textTable } from '../ops/textTable.ts';
import type { OrderStory } from './readOrderStory.ts';
import { reasonText } from './eventLines.ts';
import { timeText } from '../ops/timeText.ts';
import { shown } from './shownText.ts';
import { stepText } from './stepText.ts';

/** The story of an order for people: a block per log entry, then the row in MySQL. */
export function storyText(story: OrderStory): string {
  const { orderId, topic, partition, low, high, order } = story;
  const place = `${topic}, partition ${partition}, offsets ${low} up to ${high}`;
  const blocks = [`${colors.bold(`order ${shown(orderId)}`)}  ${colors.dim(place)}`];
  if (story.beginningGone) blocks.push(colors.yellow(cutText(story)));
  blocks.push(...story.steps.map(stepText));
  blocks.push(order ? orderText(order) : 'MySQL has no row of the order yet.');
  if (story.agrees === false) blocks.push(colors.yellow(differsText));
  return blocks.join('\n\n');
}

function cutText({ low, steps }: OrderStory): string {
  const rest = steps.length === 0 ? 'Nothing of it is left' : 'What is left of it follows';
  return (
    `! Retention has deleted the log before offset ${low}, and with it the beginning of this ` +
    `order.\n  ${rest}; what was decided cannot be told from it. The row in MySQL is whole.`
  );
}

const differsText =
  '! The row in MySQL is not what the log makes of the order with the settings of this command.\n' +
  '  The row counts. Most likely the processor has other settings for the time to pay, or a tick ' +
  'had\n  more due than it may release at once.';

function orderText({ head, lines }: Order): string {
  const facts = [`phase ${head.phase}`];
  if (head.ending !== null) facts.push(`given up: ${head.ending}`);
  if (head.expiresAt > 0) facts.push(`payment deadline ${timeText(head.expiresAt)}`);
  if (head.waiting > 0) facts.push(`waits for ${head.waiting}`);
  facts.push(`${head.sequence} verdict${head.sequence === 1 ? '' : 's'}`);
  const title = `${colors.bold('now in MySQL')}  ${facts.join(', ')}`;
  if (lines.length === 0) return title;
  const columns = ['SKU', 'location', 'requested', 'granted', 'confirmed', 'released'];
  const rows = lines.map(({ sku, location, waiting, reason, shortage, ...units }) => {
    const { requested, granted, confirmed, released } = units;
    const refused = reason === null ? '' : reasonText(reason, shortage);
    return [sku, location, requested, granted, confirmed, released, waiting ?? '', refused];
  });
  return `${title}\n${textTable([...columns, 'waits for', 'refused'], rows)}`;
}
