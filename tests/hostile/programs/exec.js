// Leaves a process behind that would outlive it.
try {
  const child = require('child_process').spawn('/bin/sh', ['-c', 'sleep 1000 & sleep 1000'],
                                               {detached: true, stdio: 'ignore'});
  child.on('error', () => {});
  child.unref();
} catch (refused) { }
console.log(7);
