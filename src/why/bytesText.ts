import { shown } from './shownText.ts';

/** Bytes of a hex dump in one line. */
const lineBytes = 16;

/** Bytes as a person can read them: as text where they are text, else in hexadecimal digits. */
export function bytesText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text).equals(bytes) && !/\p{Cc}/u.test(text);
  return isText ? shown(text) : `0x${bytes.toString('hex')}`;
}

/** The first bytes in lines: place, hexadecimal digits, and what of them is ASCII. */
export function hexDump(bytes: Buffer, bytesMax: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, bytesMax); at += lineBytes) {
    const part = bytes.subarray(at, Math.min(at + lineBytes, bytesMax));
    const digits = part.toString('hex').replace(/(..)(?=.)/g, '$1 ');
    const ascii = part.toString('latin1').replace(/[^ -~]/g, '.');
    const place = at.toString(16).padStart(6, '0');
    lines.push(`${place}  ${digits.padEnd(3 * lineBytes - 1)}  ${ascii}`);
  }
  if (bytes.length > bytesMax) lines.push(`and ${bytes.length - bytesMax} bytes more`);
  return lines;
}
