// Reads what is not in the box and writes outside it.
const fs = require('fs');
let found = '';
for (const name of ['/etc/passwd', '/proc/self/maps', '/root/.bashrc', '/1.ans']) {
  try { fs.readFileSync(name); found += name; } catch (refused) { }
}
for (const name of ['/usr/lib/x', '/x']) {
  try { fs.writeFileSync(name, 'x'); found += name; } catch (refused) { }
}
console.log(found || 7);
