// As with_requests.py, by Node's https.
const https = require('https');
const net = require('net');
const tls = require('tls');

async function ask(host, port) {
  const agent = new https.Agent();
  agent.createConnection = (options) => tls.connect({
    host,
    servername: net.isIP(host) ? '' : host,
    socket: net.connect(port, '127.0.0.1'),
  });
  return new Promise((resolve) => {
    https.get({ host, port, agent, timeout: 30000 }, (answer) => {
      answer.resume();
      resolve('accepted');
    }).on('error', (error) => resolve(`refused ${error.message}`));
  });
}

(async () => {
  for (let at = 2; at < process.argv.length; at += 2) console.log(await ask(process.argv[at], process.argv[at + 1]));
})();
