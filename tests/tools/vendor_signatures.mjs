// The vendors' own libraries sign a file and check a signature of ours, so that our code is never tested against itself.
//
//   node vendor_signatures.mjs github FILE SECRET [SIGNATURE]
//   node vendor_signatures.mjs gitlab FILE SECRET [ID SECONDS SIGNATURE]
//
// Without a signature: prints the headers to send, as JSON. With one: exits with 0 when the library accepts it.
import crypto from 'node:crypto';
import fs from 'node:fs';
import {sign, verify} from '@octokit/webhooks-methods';
import {Webhook} from 'standardwebhooks';

const [system, file, secret, ...given] = process.argv.slice(2);
const body = fs.readFileSync(file, 'utf8');

async function github() {
  if (given.length) process.exit(await verify(secret, body, given[0]) ? 0 : 1);
  return {'X-Hub-Signature-256': await sign(secret, body)};
}

function gitlab() {
  const headers = (id, seconds, signature) =>
      ({'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signature});
  if (given.length) {
    new Webhook(secret).verify(body, headers(...given));  // throws
    process.exit(0);
  }
  const id = crypto.randomUUID(), now = new Date();
  return headers(id, Math.floor(now / 1000), new Webhook(secret).sign(id, now, body));
}

console.log(JSON.stringify(await {github, gitlab}[system]()));
