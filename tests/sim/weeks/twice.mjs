// twice.mjs PROGRAM ARGUMENT...: stands in for sidedish-headoffice: the real one, behind a line on which every batch of outcomes
// arrives twice and only the second answer comes back. When it ends, FILE.twice (FILE: of --port-file) says what the answers said.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';

const [program, ...words] = process.argv.slice(2);
const place = words.indexOf('--port-file') + 1;
const told = words[place];
words[place] = `${told}.real`;
const office = spawn(program, words, { stdio: 'inherit' });
const said = { batches: 0, first: { accepted: 0, duplicate: 0 }, second: { accepted: 0, duplicate: 0 } };
process.on('SIGTERM', () => office.kill('SIGTERM'));
office.on('exit', (code) => {
  fs.writeFileSync(`${told}.twice`, JSON.stringify(said));
  process.exit(code ?? 1);
});

while (!fs.existsSync(words[place]) || !fs.readFileSync(words[place], 'utf8').trim()) await new Promise((resolve) => setTimeout(resolve, 10));
const port = Number(fs.readFileSync(words[place], 'utf8'));
const agent = new http.Agent({ keepAlive: true });

function forward({ method, url: path, headers }, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ agent, port, host: '127.0.0.1', method, path, headers: { ...headers, host: `127.0.0.1:${port}` } }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part)).on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) })).on('error', reject);
    });
    request.on('error', reject).end(body);
  });
}
function count(sum, answer) {
  const { accepted, duplicate } = JSON.parse(answer.body);
  sum.accepted += accepted;
  sum.duplicate += duplicate;
}

const server = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part)).on('end', async () => {
    try {
      const body = Buffer.concat(parts);
      let answer = await forward(request, body);
      if (request.url === '/v1/outcomes' && answer.status === 200) {
        const again = await forward(request, body);
        ++said.batches;
        count(said.first, answer);
        count(said.second, again);
        answer = again;
      }
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } catch {
      response.destroy();  // the office has ended, or the agent
    }
  });
});
server.listen(0, '127.0.0.1', () => {
  fs.writeFileSync(`${told}.new`, `${server.address().port}\n`);
  fs.renameSync(`${told}.new`, told);
});
