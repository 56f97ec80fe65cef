import { descriptionOf, isSecret, settingNames, settings } from '../config/settings.ts';
import { REJECTIONS, REJECTIONS_OF } from '../domain/rejections.ts';
import { ORDER_REFUSALS, ORDER_REFUSALS_OF } from '../domain/order/orderRefusals.ts';
import { type Topic, topicRegistry } from '../messaging/topics.ts';
import { conditionTexts } from '../ops/conditions.ts';
import { errorCodes } from '../ops/errorCodes.ts';
import { exitCodeTexts } from '../ops/exitCodes.ts';
import { Metrics } from '../ops/metrics.ts';
import { markdownTable } from './markdownTable.ts';
import { orderAnswers, orderRefusalTexts, orderRejectionTexts, refundTexts } from './orderTexts.ts';
import { performanceSection } from './performanceSection.ts';
import { commandTexts, rejectionTexts } from './rejectionTexts.ts';
import { twoHandsTable } from './twoHands.ts';

/** The parts of the README that list what the code holds, by the name of their markers. */
export function readmeSections(): Record<string, string> {
  return {
    commands: commands(),
    rejections: rejections(),
    'order-answers': orderAnswerTable(),
    'two-hands': twoHandsTable(),
    'order-refusals': orderRefusals(),
    'order-rejections': reasons('rejected for', orderRejectionTexts),
    refunds: reasons('refund for', refundTexts),
    topics: topics(),
    settings: options(),
    metrics: metrics(),
    conditions: conditions(),
    errors: errors(),
    'exit-codes': exitCodeTable(),
    performance: performanceSection(),
  };
}

/** The README with these parts renewed. Throws when a marker is missing. */
export function renewReadme(readme: string): string {
  let renewed = readme;
  for (const [name, text] of Object.entries(readmeSections())) {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [before, rest] = splitOnce(renewed, begin);
    const [, after] = splitOnce(rest, end);
    renewed = `${before}${begin}\n${text}\n${end}${after}`;
  }
  return renewed;
}

function splitOnce(text: string, marker: string): [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`README.md has no ${marker}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}

function commands(): string {
  const rows = Object.entries(REJECTIONS_OF).map(([kind, reasons]) => {
    const { effect, later } = commandTexts[kind as keyof typeof commandTexts];
    return [`\`${kind}\``, effect, reasons.join(', '), later];
  });
  return markdownTable(
    ['command', 'effect', 'refused for, in this order', 'after its id is forgotten'],
    rows,
  );
}

function rejections(): string {
  return markdownTable(
    ['rejection', 'means'],
    REJECTIONS.map((reason) => [`\`${reason}\``, rejectionTexts[reason]]),
  );
}

function orderAnswerTable(): string {
  const rows = orderAnswers.map(([sent, when, gets]) => {
    return [sent === 'nothing' ? 'nothing' : `\`${sent}\``, when, gets];
  });
  return markdownTable(['you send', 'when', 'you get'], rows);
}

function orderRefusals(): string {
  const rows = ORDER_REFUSALS.map((reason) => {
    const events = Object.entries(ORDER_REFUSALS_OF).filter(([, of]) =>
      (of as readonly string[]).includes(reason),
    );
    const every = events.length === Object.keys(ORDER_REFUSALS_OF).length;
    const whose = every ? 'every event' : events.map(([kind]) => kind).join(', ');
    return [`\`${reason}\``, whose, orderRefusalTexts[reason]];
  });
  return markdownTable(['refused for', 'of', 'means'], rows);
}

function reasons(title: string, texts: Record<string, string>): string {
  const rows = Object.entries(texts).map(([reason, text]) => [`\`${reason}\``, text]);
  return markdownTable([title, 'means'], rows);
}

function topics(): string {
  const registry = topicRegistry(
    settings.parse({ ONHAND_KAFKA_BROKERS: 'kafka:9092', ONHAND_MYSQL_HOST: 'mysql' }),
  );
  const rows = Object.values<Topic>(registry).map(({ name, key, schema, configs, description }) => {
    return [`\`${name}\``, key, schema, configs['cleanup.policy'] ?? '', description];
  });
  return markdownTable(['topic', 'key', 'values', 'policy', 'carries'], rows);
}

function options(): string {
  const rows = settingNames.map((name) => {
    const schema = settings.shape[name];
    const fallback = schema.safeParse(undefined);
    const text = fallback.success ? String(fallback.data ?? '') : 'required';
    return [`\`${name}\``, isSecret(name) ? 'secret' : text, descriptionOf(name)];
  });
  return markdownTable(['setting', 'default', 'meaning'], rows);
}

function metrics(): string {
  const rows = new Metrics().texts.map(({ name, labels, type, help }) => {
    return [`\`${name}\``, labels.join(', '), type, help];
  });
  return markdownTable(['metric', 'labels', 'type', 'means'], rows);
}

function exitCodeTable(): string {
  return markdownTable(['exit code', 'means'], Object.entries(exitCodeTexts));
}

function conditions(): string {
  const rows = Object.entries(conditionTexts).map(([name, meaning]) => [`\`${name}\``, meaning]);
  return markdownTable(['condition', 'means'], rows);
}

function errors(): string {
  const rows = Object.entries(errorCodes).map(([code, meaning]) => [`\`${code}\``, meaning]);
  return markdownTable(['error', 'means'], rows);
}
