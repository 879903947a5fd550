// Opens a port, which succeeds wherever there are sockets at all.
const server = require('net').createServer();
server.on('error', () => console.log(7));
server.listen(0, '127.0.0.1', () => { console.log('escaped'); process.exit(0); });
