// A certified OpenID provider for the tests: whoever types a name is that person. `POST /test/rotate` gives it another key.
// Usage: node provider.mjs PORT SITE, where SITE is the address of the Driehoek that signs in here.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [port, site] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

function newProvider() {
  return new Provider(issuer, {
    clients: [
      {
        client_id: 'driehoek',
        client_secret: 'a secret + of/the tests',
        redirect_uris: [`${site}/auth/oidc/callback`],
        post_logout_redirect_uris: [`${site}/sign-in`],
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
