import type { Chart } from '../benchmark.ts';
import { axisFor } from './axis.ts';
import {
  type Panel,
  axisHeight,
  labelWidth,
  plotWidth,
  title,
  titleHeight,
  verticalGrid,
  xOf,
} from './panel.ts';
import { element, numberText } from './svg.ts';

const rowHeight = 22;

/**
 * A row per side: a dot at the median, a line from the least to the greatest. Where no row is
 * called onhand, all of them are onhand's.
 */
export function rowsPanel(chart: Extract<Chart, { kind: 'rows' }>): Panel {
  const axis = axisFor(chart.rows.flatMap(({ median, min, max }) => [median, min, max]));
  const isAlone = !chart.rows.some(({ label }) => label === 'onhand');
  const bottom = titleHeight + chart.rows.length * rowHeight;
  const rows = chart.rows.flatMap(({ label, median, min, max }, index) => {
    const y = titleHeight + (index + 0.5) * rowHeight;
    const kind = isAlone || label === 'onhand' ? 'ours' : 'theirs';
    return [
      element('text', { x: labelWidth - 12, y: y + 4, class: 'label end' }, label),
      element('line', {
        ...{ x1: xOf(axis, min), y1: y, x2: xOf(axis, max), y2: y },
        class: `range ${kind}`,
      }),
      element('circle', { cx: xOf(axis, median), cy: y, r: 5, class: kind }),
      element(
        'text',
        { x: labelWidth + plotWidth + 24, y: y + 4, class: 'label' },
        numberText(median),
      ),
    ];
  });
  const grid = verticalGrid(axis, titleHeight, bottom, chart.unit);
  return { height: bottom + axisHeight, content: [title(chart.title), ...grid, ...rows] };
}
