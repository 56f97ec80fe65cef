import { outputColors as colors } from './terminalColors.ts';

/** One line of an audit for people: whether it holds, what was checked, and over how much. */
export function checkLine(ok: boolean, check: string, detail: string): string {
  const mark = ok ? colors.green('✓') : colors.red('✗');
  return `${mark} ${check} ${colors.dim(`(${detail})`)}`;
}
