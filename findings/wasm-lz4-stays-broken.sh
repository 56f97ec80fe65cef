#!/usr/bin/env bash
# @foxglove/wasm-lz4 1.0.2, as a codec for Kafka's lz4 batches.
#
# Seen: one frame that ends too early (a connection that broke, a file that is still being written)
# is refused with an error, as it should be; from then on every whole frame is refused, too, for as
# long as the process lives. Its decompression context is kept between calls and never reset. A
# reader that makes a dead letter of the one broken batch would lose all that follow.
#
# Expected: each call stands for itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @foxglove/wasm-lz4@1.0.2 lz4js@0.2.0
cat >show.cjs <<'JS'
const { compress } = require('lz4js');
const decompress = require('@foxglove/wasm-lz4');

async function main() {
  await decompress.isLoaded;
  const text = Buffer.from('stock '.repeat(200));
  const whole = Buffer.from(compress(text));
  const tooShort = whole.subarray(0, whole.length >> 1);
  for (const [name, frame] of Object.entries({ first: whole, tooShort, second: whole, third: whole })) {
    let seen;
    try {
      seen = decompress(frame, text.length).equals(text) ? 'right' : 'wrong';
    } catch (error) {
      seen = error.message;
    }
    console.log(`${name}: ${seen}`);
  }
}
main();
JS
seen=$(node show.cjs)
echo "$seen"
diff <(echo "$seen") - <<'TEXT'
first: right
tooShort: Error during decompression
second: Error during decompression
third: Error during decompression
TEXT
