import pc from 'picocolors';

/** Colours of standard output and of standard error: plain text wherever one is not a terminal. */
export const outputColors = colorsOf(process.stdout);
export const errorColors = colorsOf(process.stderr);

// The library's own guess also colours files and pipes when the environment has CI or FORCE_COLOR.
function colorsOf(stream: NodeJS.WriteStream) {
  return pc.createColors(Boolean(stream.isTTY) && pc.isColorSupported);
}
