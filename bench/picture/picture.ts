import type { Chart } from '../benchmark.ts';
import { linesPanel } from './linesPanel.ts';
import { type Panel, width } from './panel.ts';
import { rowsPanel } from './rowsPanel.ts';
import { element } from './svg.ts';

const gap = 26;
const margin = 20;

/** Readable on white and on black; a page that shows it as an image has no say in it. */
const style = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; } .tick { font-size: 11px; fill: #656d76; }
  .middle { text-anchor: middle; } .end { text-anchor: end; }
  .grid { stroke: #8c959f; stroke-opacity: 0.3; }
  .ours { fill: #0969da; stroke: #0969da; } .theirs { fill: #8c6d1f; stroke: #8c6d1f; }
  .range { stroke-width: 3; stroke-opacity: 0.5; } .curve { fill: none; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .tick { fill: #9198a1; }
    .ours { fill: #58a6ff; stroke: #58a6ff; } .theirs { fill: #d4a72c; stroke: #d4a72c; }
    .curve { fill: none; }
  }
`;

/** All charts below each other, as SVG. */
export function picture(charts: readonly Chart[]): string {
  let top = margin;
  const panels = charts.map((chart) => {
    const panel: Panel = chart.kind === 'rows' ? rowsPanel(chart) : linesPanel(chart);
    const moved = element('g', { transform: `translate(${margin} ${top})` }, panel.content);
    top += panel.height + gap;
    return moved;
  });
  const size = { width: width + 2 * margin, height: top };
  const viewBox = `0 0 ${size.width} ${size.height}`;
  return (
    element(
      'svg',
      { xmlns: 'http://www.w3.org/2000/svg', viewBox, width: size.width, height: size.height },
      [`<style>${style}</style>`, ...panels],
    ) + '\n'
  );
}
