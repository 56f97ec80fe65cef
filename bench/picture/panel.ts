import type { Axis } from './axis.ts';
import { element, numberText } from './svg.ts';

/** Part of a picture, drawn from its own upper left corner. */
export interface Panel {
  height: number;
  content: string[];
}

export const width = 820;
export const labelWidth = 210;
export const plotWidth = 480;
export const titleHeight = 30;
export const axisHeight = 28;

export function title(text: string): string {
  return element('text', { x: 0, y: 14, class: 'title' }, text);
}

/** The x coordinate of a value. */
export function xOf(axis: Axis, value: number): number {
  return labelWidth + axis.place(value) * plotWidth;
}

/** Lines from top to bottom with their values below. */
export function verticalGrid(axis: Axis, top: number, bottom: number, unit: string): string[] {
  const lines = axis.ticks.flatMap((tick) => {
    const x = xOf(axis, tick);
    return [
      element('line', { x1: x, y1: top, x2: x, y2: bottom, class: 'grid' }),
      element('text', { x, y: bottom + 14, class: 'tick middle' }, numberText(tick)),
    ];
  });
  const x = labelWidth + plotWidth + 36;
  return [...lines, element('text', { x, y: bottom + 14, class: 'tick' }, unit)];
}
