import type { Chart } from '../benchmark.ts';
import { axisFor, logarithmic } from './axis.ts';
import {
  type Panel,
  axisHeight,
  labelWidth,
  title,
  titleHeight,
  verticalGrid,
  xOf,
} from './panel.ts';
import { plotWidth } from './panel.ts';
import { element, numberText } from './svg.ts';

const plotHeight = 170;
const bottom = titleHeight + plotHeight;

/** A line per side, named at its end. The x axis is logarithmic. */
export function linesPanel(chart: Extract<Chart, { kind: 'lines' }>): Panel {
  const points = chart.lines.flatMap((line) => line.points);
  const xs = points.map(([x]) => x);
  const across = logarithmic(Math.min(...xs), Math.max(...xs));
  const up = axisFor(points.map(([, y]) => y));
  const yOf = (value: number) => bottom - up.place(value) * plotHeight;
  const levels = up.ticks.flatMap((tick) => {
    const y = yOf(tick);
    const x2 = labelWidth + plotWidth;
    return [
      element('line', { x1: labelWidth, y1: y, x2, y2: y, class: 'grid' }),
      element('text', { x: labelWidth - 12, y: y + 4, class: 'tick end' }, numberText(tick)),
    ];
  });
  const lines = chart.lines.flatMap((line) => {
    const kind = line.label === 'onhand' ? 'ours' : 'theirs';
    const places = line.points.map(([x, y]) => [xOf(across, x), yOf(y)] as const);
    const [endX, endY] = places.at(-1) ?? [labelWidth, bottom];
    return [
      element('polyline', {
        points: places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' '),
        class: `curve ${kind}`,
      }),
      ...places.map(([cx, cy]) => element('circle', { cx, cy, r: 4, class: kind })),
      element('text', { x: endX + 12, y: endY + 4, class: 'label' }, line.label),
    ];
  });
  const unit = element('text', { x: 0, y: titleHeight + 4, class: 'tick' }, chart.unit);
  const grid = verticalGrid(across, titleHeight, bottom, chart.along);
  const content = [title(chart.title), unit, ...grid, ...levels, ...lines];
  return { height: bottom + axisHeight, content };
}
