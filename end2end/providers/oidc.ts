// A certified OpenID Connect provider (`oidc-provider`) on loopback, whose people, keys and clients a test changes as it likes.
import { type JsonWebKey, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Provider, type Configuration, type JWK } from 'oidc-provider';
import { Memory } from './oidc-memory.ts';
import { type Person, Site, button, escaped, form, page } from './site.ts';

/** What Rolecall is to the provider. */
export interface Client {
  id: string;
  secret: string;
  /** Where browsers come back to. */
  redirect: string;
  /** Where the provider tells that a session has ended. */
  backchannelLogout?: string;
}

/** What an ID token claims about itself. */
export interface Claims {
  iss: string;
  aud: string;
  /** Seconds since 1970, as the others. */
  exp: number;
  iat: number;
  nbf: number;
}

/** What the library does for a client, and its types don't tell. */
interface TellsOfLogout {
  backchannelLogout(subject: string, session: string): Promise<void>;
}

export class OidcProvider {
  /** Who can sign in; each is a button on the provider's page. Change them as you like. */
  people: Person[] = [{ id: 'ada-0001', email: 'ada@example.com', name: 'Ada Lovelace', groups: ['analysts'] }];
  /** Whether the address is proven, by the provider's word. */
  emailVerified = true;
  /** Without, they are told by the userinfo endpoint alone. */
  claimsInIdToken = true;
  /** What the next ID tokens say differently from the truth; its own key signs them all the same. */
  wrong: Partial<Claims> = {};
  /** Shows the link that leads back instead of following it, for whatever is to happen in between. */
  pauses = false;
  private readonly clients: Client[] = [];
  private keys = [key()];
  private readonly memory = new Memory();
  private handler: RequestListener = () => undefined;
  private provider!: Provider;
  private site!: Site;

  private constructor() {}

  static async start(): Promise<OidcProvider> {
    const started = new OidcProvider();
    started.site = await Site.open((url) => {
      started.build(url);
      return (request, response) => started.answer(request, response);
    });
    return started;
  }

  get issuer(): string {
    return this.site.url;
  }

  /** Where a browser ends its session with the provider: it shows a button "Sign out". */
  get signOutUrl(): string {
    return `${this.issuer}/session/end`;
  }

  trust(client: Client): void {
    this.clients.push(client);
    this.build(this.issuer);
  }

  /** Takes somebody out with their sessions, and tells whoever has sessions by them. */
  async remove(id: string): Promise<void> {
    this.people = this.people.filter((person) => person.id !== id);
    const ended = this.memory.sessions(id);
    this.memory.forget(id);
    for (const { client, sid } of ended) {
      if (!this.clients.some((known) => known.id === client && known.backchannelLogout)) continue;
      const told = (await this.provider.Client.find(client)) as unknown as TellsOfLogout;
      await told.backchannelLogout(id, sid);
    }
  }

  /** From now on another key signs, and the old one is not listed any more. */
  renewKey(): void {
    this.keys = [key()];
    this.build(this.issuer);
  }

  /** Makes a change of `claimsInIdToken` take effect. */
  rebuild(): void {
    this.build(this.issuer);
  }

  async stop(): Promise<void> {
    await this.site.close();
  }

  private build(issuer: string): void {
    this.provider = new Provider(issuer, this.configuration());
    this.provider.use(async (context, next) => {
      // browsers ask every site for one
      if (context.path === '/favicon.ico') {
        context.status = 204;
        return;
      }
      await next();
      const tokens = context.body as { id_token?: string } | undefined;
      if (context.path === '/token' && tokens?.id_token && Object.keys(this.wrong).length > 0) {
        context.body = { ...tokens, id_token: this.falsified(tokens.id_token) };
      }
      const back = context.response.get('location') || '';
      if (this.pauses && this.clients.some((client) => back.startsWith(client.redirect))) {
        context.remove('location');
        context.status = 200;
        context.type = 'html';
        context.body = page('Signed in at the provider', `<a href="${escaped(back)}">Go on</a>`);
      }
    });
    this.handler = this.provider.callback();
  }

  private configuration(): Configuration {
    return {
      adapter: (kind: string) => this.memory.of(kind),
      clients: this.clients.map((client) => ({
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [client.redirect],
        ...(client.backchannelLogout && {
          backchannel_logout_uri: client.backchannelLogout,
          backchannel_logout_session_required: true,
        }),
      })),
      jwks: { keys: this.keys },
      cookies: { keys: ['of-the-browser-tests'] },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
      conformIdTokenClaims: !this.claimsInIdToken,
      // Loopback too, which its own dispatcher refuses: Rolecall is there.
      fetch: (input, init) => fetch(input, { ...init, dispatcher: undefined } as RequestInit),
      pkce: { required: () => true },
      features: {
        devInteractions: { enabled: false },
        backchannelLogout: { enabled: true },
        rpInitiatedLogout: {
          enabled: true,
          logoutSource: (context, inside) => {
            const submit = '<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>';
            context.body = page('Sign out of the provider', inside + submit);
          },
          postLogoutSuccessSource: (context) => {
            context.body = page('Signed out of the provider', '');
          },
        },
      },
      interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (_context, id) => {
        const person = this.people.find((known) => known.id === id);
        return person && { accountId: id, claims: () => ({ sub: id, ...this.claimsOf(person) }) };
      },
      // Nobody is asked whether Rolecall may know them.
      loadExistingGrant: async (context) => {
        const { client, session } = context.oidc;
        const grant = new context.oidc.provider.Grant({ clientId: client!.clientId, accountId: session!.accountId! });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
      renderError: (context, out) => {
        context.body = page(
          'The provider refuses',
          `<p>${escaped(`${out.error}: ${out.error_description ?? ''}`)}</p>`,
        );
      },
      ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3_600, IdToken: 600, Interaction: 600, Session: 3_600 },
    };
  }

  /** The token with what is wrong in it, signed anew. */
  private falsified(token: string): string {
    const [head, payload] = token.split('.');
    const claims: Claims = JSON.parse(Buffer.from(payload!, 'base64url').toString('utf8'));
    const changed = Buffer.from(JSON.stringify({ ...claims, ...this.wrong })).toString('base64url');
    const privateKey = createPrivateKey({ key: this.keys[0] as JsonWebKey, format: 'jwk' });
    const signature = sign('sha256', Buffer.from(`${head}.${changed}`), privateKey).toString('base64url');
    return `${head}.${changed}.${signature}`;
  }

  private claimsOf(person: Person): Record<string, unknown> {
    return { email: person.email, email_verified: this.emailVerified, name: person.name, groups: person.groups };
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? '/', this.issuer).pathname;
    if (!path.startsWith('/interaction/')) {
      this.handler(request, response);
      return;
    }
    this.interact(request, response, path).catch((error: unknown) => response.writeHead(500).end(String(error)));
  }

  /** The provider's own page: a button for each person, and one to cancel. */
  private async interact(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (request.method === 'POST') {
      const { account } = await form(request);
      const refused = (error_description: string) => ({ error: 'access_denied', error_description });
      const isKnown = this.people.some((person) => person.id === account);
      const result = !account
        ? refused('the person has cancelled')
        : isKnown
          ? { login: { accountId: account } }
          : refused('the account is disabled');
      await this.provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
      return;
    }
    const people = this.people.map((person) => button(`Sign in as ${person.name}`, path, { account: person.id }));
    const body = page('Sign in at the provider', people.join('') + button('Cancel', path, {}));
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(body);
  }
}

function key(): JWK {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: crypto.randomUUID() } as JWK;
}
