// Runs in the extension host and writes by how much a 10 ms timer comes late there: lines of "milliseconds since 1970, lateness in ms"
// to the file CORAL_BENCH_LATENESS.
const { appendFile } = require('node:fs');
const period = 10;
let lines = [];
let due = performance.now() + period;
const tick = () => {
  const now = performance.now();
  lines.push(`${Date.now()},${(now - due).toFixed(1)}`);
  due = now + period;
  setTimeout(tick, period).unref();
};
setTimeout(tick, period).unref();
setInterval(() => {
  const text = lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  lines = [];
  appendFile(process.env.CORAL_BENCH_LATENESS, text, () => undefined);
}, 250).unref();
