// Memory that the heap's limit does not count.
const all = [];
for (;;) all.push(Buffer.alloc(1 << 20, 1));
