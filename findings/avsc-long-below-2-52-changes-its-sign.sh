#!/usr/bin/env bash
# avsc 5.7.9: a long below -2^52 is written, and read, as a positive number, without an error.
#
# The type takes whole numbers down to -9007199254740990 and throws beyond. The zigzag form of a
# negative number is computed in doubles: below -2^52 it is odd and above 2^53, so it is rounded to
# an even number, which is the form of a positive one. What another library wrote is read the same
# way. Seen: -4503599627370496 stays, -4503599627370497 becomes 4503599627370496, also when the
# bytes are those of the Avro specification.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund avsc@5.7.9
cat >probe.cjs <<'JS'
const avro = require('avsc');
const long = avro.Type.forSchema('long');
/** Zigzag and base 128, as the specification has them. */
function specified(value) {
  let rest = value >= 0n ? value * 2n : -value * 2n - 1n;
  const bytes = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
for (const value of [-(2 ** 52), -(2 ** 52) - 1, -(2 ** 53) + 2]) {
  const written = long.fromBuffer(long.toBuffer(value));
  const read = long.fromBuffer(specified(BigInt(value)));
  console.log(`${value}: written and read ${written}, read from the right bytes ${read}`);
}
JS
seen=$(node probe.cjs)
echo "$seen"
diff <(echo "$seen") - <<'TXT'
-4503599627370496: written and read -4503599627370496, read from the right bytes -4503599627370496
-4503599627370497: written and read 4503599627370496, read from the right bytes 4503599627370496
-9007199254740990: written and read 9007199254740990, read from the right bytes 9007199254740990
TXT
echo 'as recorded'
