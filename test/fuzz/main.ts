/** `npm run fuzz [-- COUNT [SEED]]`: a million inputs, or as many as asked for, from a seed that is printed. */
import { fuzz, slowPieces } from './fuzz.ts';

const MILLION = 1_000_000;
const PROGRESS = 50_000;

const [count = MILLION, seed = Date.now() % 1_000_000_000] = process.argv.slice(2).map(Number);
if (!(Number.isInteger(count) && count > 0 && Number.isInteger(seed) && seed >= 0)) {
  console.error('npm run fuzz [-- COUNT [SEED]]: both are whole numbers, COUNT at least 1.');
  process.exit(2);
}
console.log(`${count} inputs from seed ${seed}`);
const failure = fuzz(seed, count, (done) => {
  if (done % PROGRESS === 0) console.log(`${done} done`);
});
if (failure) {
  console.error(`Seed ${failure.seed} fails: npm run fuzz -- 1 ${failure.seed}`);
  for (const [path, text] of Object.entries(failure.files)) console.error(`${path}: ${JSON.stringify(text)}`);
  console.error(failure.error);
  process.exitCode = 1;
} else {
  console.log('No exception.');
}
const slow = slowPieces();
for (const piece of slow) console.error(`Time grows faster than the input: ${piece} times for four times the text`);
if (slow.length > 0) process.exitCode = 1;
else console.log('Time is linear in the input.');
