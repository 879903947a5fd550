// Starts threads until there are no more, each of which waits.
const {Worker} = require('worker_threads');
process.on('uncaughtException', () => { console.log(7); process.exit(0); });
for (let i = 0; i < 10000; ++i) {
  new Worker('setTimeout(() => {}, 1000000)', {eval: true}).on('error', () => process.exit(3));
}
