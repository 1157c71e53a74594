import { afterEach, describe, expect, test, vi } from 'vitest';
import { insideApp } from '../src/features/more/second-factor-page';
import { deviceName, makePasskey, showPasskey, wasDeclined } from '../src/lib/passkeys';

const buffer = (...bytes: number[]) => new Uint8Array(bytes).buffer;

function browser(credentials: Partial<CredentialsContainer>): void {
  vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0)', credentials });
}

afterEach(() => vi.unstubAllGlobals());

describe('passkeys', () => {
  test('bytes go into the browser and come out as the server writes them', async () => {
    const create = vi.fn(async (_: CredentialCreationOptions) => ({
      id: 'AQID',
      response: { clientDataJSON: buffer(251, 255), attestationObject: buffer(0), getTransports: () => ['internal'] },
    }));
    browser({ create: create as never });
    const made = await makePasskey({
      public_key: {
        rp: { id: 'localhost', name: 'Driehoek' },
        challenge: '-_8',
        user: { id: 'AQ', name: 'a', displayName: 'A' },
        excludeCredentials: [{ id: 'Ag', type: 'public-key' }],
      },
    });
    expect(made).toEqual({
      id: 'AQID',
      client_data: '-_8',
      attestation: 'AA',
      transports: ['internal'],
      name: 'iPhone',
    });
    const asked = create.mock.calls[0]?.[0].publicKey;
    expect(asked?.challenge).toEqual(new Uint8Array([251, 255]));
    expect(asked?.user.id).toEqual(new Uint8Array([1]));
    expect(asked?.excludeCredentials?.[0]?.id).toEqual(new Uint8Array([2]));
    expect(asked?.rp).toEqual({ id: 'localhost', name: 'Driehoek' });
  });

  test('a passkey is shown quietly where the page waits for it', async () => {
    const get = vi.fn(async (_: CredentialRequestOptions) => ({
      id: 'AQ',
      response: {
        clientDataJSON: buffer(1),
        authenticatorData: buffer(2),
        signature: buffer(3),
        userHandle: null,
      },
    }));
    browser({ get: get as never });
    const { signal } = new AbortController();
    const shown = await showPasskey({ public_key: { challenge: 'AQ', rpId: 'localhost' } }, { signal });
    expect(shown).toEqual({
      id: 'AQ',
      client_data: 'AQ',
      authenticator_data: 'Ag',
      signature: 'Aw',
      user_handle: null,
    });
    expect(get.mock.calls[0]?.[0]).toMatchObject({ mediation: 'conditional', signal });
    await showPasskey({ public_key: { challenge: 'AQ', rpId: 'localhost' } });
    expect(get.mock.calls[1]?.[0]).not.toHaveProperty('mediation');
  });

  test('closing the question is no failure', () => {
    expect(wasDeclined(new DOMException('', 'NotAllowedError'))).toBe(true);
    expect(wasDeclined(new DOMException('', 'AbortError'))).toBe(true);
    expect(wasDeclined(new DOMException('', 'InvalidStateError'))).toBe(false);
    expect(wasDeclined(new Error('NotAllowedError'))).toBe(false);
  });

  test.each([
    ['Mozilla/5.0 (Linux; Android 16; Pixel)', 'Android'],
    ['Mozilla/5.0 (iPad; CPU OS 19_0)', 'iPad'],
    ['Mozilla/5.0 (Windows NT 10.0)', 'Windows'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X)', 'Mac'],
    ['Mozilla/5.0 (X11; CrOS x86_64)', 'Chromebook'],
    ['Mozilla/5.0 (X11; Linux x86_64)', 'Linux'],
    ['something', 'Driehoek'],
  ])('%s is called %s', (agent, name) => {
    expect(deviceName(agent)).toBe(name);
  });

  test.each([
    ['/admin/people?x=1', '/admin/people?x=1'],
    ['//evil.example', '/more'],
    ['/\\evil.example', '/more'],
    ['https://evil.example', '/more'],
    [undefined, '/more'],
  ])('after the second factor %s leads to %s', (next, address) => {
    expect(insideApp(next)).toBe(address);
  });
});
