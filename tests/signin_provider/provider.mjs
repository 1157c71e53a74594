// A certified OpenID provider for the tests: whoever types a name is that person. `POST /test/rotate` gives it another key.
// Usage: node provider.mjs PORT REDIRECT_URI SIGNED_OUT_URI
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [port, redirect, signedOut] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

/** What it remembers, also when its key changes. */
const memory = new Map();
class Memory {
  constructor(kind) {
    this.kind = kind;
  }
  at(id) {
    return `${this.kind} ${id}`;
  }
  async upsert(id, payload) {
    memory.set(this.at(id), payload);
  }
  async find(id) {
    return memory.get(this.at(id));
  }
  async findByUid(uid) {
    for (const [at, payload] of memory) if (at.startsWith(`${this.kind} `) && payload.uid === uid) return payload;
  }
  async consume(id) {
    memory.get(this.at(id)).consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    memory.delete(this.at(id));
  }
  async revokeByGrantId(grant) {
    for (const [at, payload] of memory) if (payload.grantId === grant) memory.delete(at);
  }
}

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

function newProvider() {
  return new Provider(issuer, {
    adapter: Memory,
    clients: [
      {
        client_id: 'driehoek',
        client_secret: 'a secret + of/the tests',
        redirect_uris: [redirect],
        post_logout_redirect_uris: [signedOut],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['preferred_username'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['of the tests'] },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id }) }),
    jwks: { keys: [newKey()] },
    pkce: { required: () => true },
  });
}

let answer = newProvider().callback();
createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/test/rotate') {
    answer = newProvider().callback();
    response.writeHead(204).end();
  } else {
    answer(request, response);
  }
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
