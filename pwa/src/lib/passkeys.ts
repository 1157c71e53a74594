/**
 * Making and showing passkeys, for the app and for the pages of the way in. The server says in JSON what to ask; browsers
 * understand that by themselves only lately, so bytes are put in and taken out here.
 */

interface Descriptor {
  id: string;
  type: 'public-key';
  transports?: AuthenticatorTransport[];
}

/** What the server answers: `public_key` is WebAuthn's own JSON. */
export interface Options {
  public_key: Record<string, unknown>;
}

export interface MadePasskey {
  id: string;
  client_data: string;
  attestation: string;
  transports: string[];
  name: string;
}

export interface ShownPasskey {
  id: string;
  client_data: string;
  authenticator_data: string;
  signature: string;
  user_handle: string | null;
}

/** Whether this browser knows passkeys; without TLS (but for localhost) none does. */
export const passkeysWork = (): boolean => isSecureContext && 'PublicKeyCredential' in window;

/** The person closed the browser's question, or let it wait: nothing went wrong. */
export const wasDeclined = (error: unknown): boolean =>
  error instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(error.name);

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

function text(buffer: ArrayBuffer): string {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

function known(list: unknown): PublicKeyCredentialDescriptor[] {
  return ((list ?? []) as Descriptor[]).map((one) => ({ ...one, id: bytes(one.id) }));
}

/** A name by which its owner knows the device again. */
export function deviceName(agent = navigator.userAgent): string {
  const names: [RegExp, string][] = [
    [/iPhone/, 'iPhone'],
    [/iPad/, 'iPad'],
    [/Android/, 'Android'],
    [/CrOS/, 'Chromebook'],
    [/Windows/, 'Windows'],
    [/Macintosh/, 'Mac'],
    [/Linux/, 'Linux'],
  ];
  return names.find(([pattern]) => pattern.test(agent))?.[1] ?? 'Driehoek';
}

/**
 * Makes a passkey: the browser asks for finger, face or PIN.
 *
 * @throws DOMException of the browser; see `wasDeclined`.
 */
export async function makePasskey({ public_key: asked }: Options): Promise<MadePasskey> {
  const options = asked as unknown as PublicKeyCredentialCreationOptions;
  const user = asked.user as { id: string; name: string; displayName: string };
  const made = (await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(asked.challenge as string),
      user: { ...user, id: bytes(user.id) },
      excludeCredentials: known(asked.excludeCredentials),
    },
  })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    id: made.id,
    client_data: text(response.clientDataJSON),
    attestation: text(response.attestationObject),
    transports: response.getTransports?.() ?? [],
    name: deviceName(),
  };
}

/**
 * Shows a passkey. With `quietly` the browser offers it where one types an address, and waits until it is taken.
 *
 * @throws DOMException of the browser; see `wasDeclined`.
 */
export async function showPasskey(
  { public_key: asked }: Options,
  quietly?: { signal: AbortSignal },
): Promise<ShownPasskey> {
  const options = asked as unknown as PublicKeyCredentialRequestOptions;
  const shown = (await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(asked.challenge as string),
      allowCredentials: known(asked.allowCredentials),
    },
    ...(quietly && { mediation: 'conditional' as const, signal: quietly.signal }),
  })) as PublicKeyCredential;
  const response = shown.response as AuthenticatorAssertionResponse;
  return {
    id: shown.id,
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
    user_handle: response.userHandle ? text(response.userHandle) : null,
  };
}
