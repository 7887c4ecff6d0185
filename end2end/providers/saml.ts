// A SAML identity provider of another hand (`samlify`, signatures by `xml-crypto`) on loopback, whose people, keys and answers a test changes as it likes.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import samlify from 'samlify';
import { type Answer, answerXml } from './saml-answer.ts';
import { type Person, Site, button, escaped, form, page } from './site.ts';

type Idp = ReturnType<typeof samlify.IdentityProvider>;
type Sp = ReturnType<typeof samlify.ServiceProvider>;
type Parsed = Awaited<ReturnType<Idp['parseLoginRequest']>>;

/** A sign-in that the provider has made, as it was posted. */
export interface Posted {
  acs: string;
  SAMLResponse: string;
  RelayState: string;
}

/** The keys of the protocol's own tests. */
type KeyName = 'idp' | 'renewed' | 'alien';

const KEYS = new URL('../../crates/federation/tests/protocols/fixtures/keys/', import.meta.url);
const BINDING = 'urn:oasis:names:tc:SAML:2.0:bindings:';

// Messages come from Rolecall alone; what is wrong with them shows in what is read of them.
samlify.setSchemaValidator({ validate: async () => 'not looked at' });

export class SamlProvider {
  /** Who can sign in; each is a button on the provider's page. Change them as you like. */
  people: Person[] = [{ id: 'ada-0001', email: 'ada@example.com', name: 'Ada Lovelace', groups: ['analysts'] }];
  /** What the next answers say differently from the truth. */
  wrong: Partial<Answer> = {};
  /** Signs the response around the assertion too. */
  signsResponses = false;
  /** Every sign-in that a page has offered; the last is the newest. */
  readonly posted: Posted[] = [];
  /** The logout messages that came. */
  readonly logouts: ('request' | 'response')[] = [];
  private key: KeyName = 'idp';
  private sp: Sp | undefined;
  private site!: Site;
  private sessions = 0;

  private constructor() {}

  static async start(): Promise<SamlProvider> {
    const started = new SamlProvider();
    started.site = await Site.open(() => (request, response) => {
      started.answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    return started;
  }

  get entityId(): string {
    return `${this.site.url}/metadata`;
  }

  /** Where it begins a sign-in by itself. */
  get startUrl(): string {
    return `${this.site.url}/start`;
  }

  /** Where it ends a session by itself: a form, and a redirect, each as a button or link. */
  logoutUrl(person: string, session: string): string {
    return `${this.site.url}/logout?${new URLSearchParams({ person, session })}`;
  }

  /** The certificate in PEM, for whoever enters it by hand. */
  get certificate(): string {
    return pem(this.key, 'crt');
  }

  metadata(): string {
    return this.idp().getMetadata();
  }

  /** Takes Rolecall's metadata, as an administrator uploads it. */
  trust(metadata: string): void {
    this.sp = samlify.ServiceProvider({
      metadata,
      wantMessageSigned: this.signsResponses,
      wantLogoutRequestSigned: true,
      wantLogoutResponseSigned: true,
    });
  }

  /** From now on another key signs; `alien` is nobody's. */
  renewKey(key: KeyName = 'renewed'): void {
    this.key = key;
  }

  async stop(): Promise<void> {
    await this.site.close();
  }

  private idp(): Idp {
    const at = (path: string) => `${this.site.url}${path}`;
    return samlify.IdentityProvider({
      entityID: this.entityId,
      privateKey: pem(this.key, 'key'),
      signingCert: pem(this.key, 'crt'),
      requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      nameIDFormat: ['urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
      singleSignOnService: [{ Binding: `${BINDING}HTTP-Redirect`, Location: at('/sso') }],
      singleLogoutService: [{ Binding: `${BINDING}HTTP-Redirect`, Location: at('/slo') }],
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.site.url);
    const query = Object.fromEntries(url.searchParams);
    const show = (title: string, body: string) =>
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(title, body));
    switch (url.pathname) {
      case '/metadata':
        response.writeHead(200, { 'content-type': 'application/samlmetadata+xml' }).end(this.metadata());
        return;
      case '/sso':
        show(
          'Sign in at the provider',
          await this.choices(
            await this.idp().parseLoginRequest(this.rolecall(), 'redirect', { query }),
            query['RelayState'] ?? '',
          ),
        );
        return;
      case '/start':
        show('Your applications', await this.choices(undefined, ''));
        return;
      case '/logout':
        show('Sign out at the provider', this.logout(query['person'] ?? '', query['session']));
        return;
      case '/slo':
        await this.loggedOut(request, response, query, show);
        return;
      default:
        response.writeHead(404).end();
    }
  }

  private rolecall(): Sp {
    if (!this.sp) throw new Error('the provider was not given the metadata of anybody');
    return this.sp;
  }

  /** A button for each person, and one to cancel. */
  private async choices(asked: Parsed | undefined, relayState: string): Promise<string> {
    const acs = String(this.rolecall().entityMeta.getAssertionConsumerService('post'));
    const forms = [...this.people, undefined].map(async (person) => {
      const fields = { SAMLResponse: await this.signed(acs, asked, person), RelayState: relayState };
      if (person) this.posted.push({ acs, ...fields });
      return button(person ? `Sign in as ${person.name}` : 'Cancel', acs, fields);
    });
    return (await Promise.all(forms)).join('');
  }

  private async signed(acs: string, asked: Parsed | undefined, person: Person | undefined): Promise<string> {
    const request = asked?.extract.request?.['id'];
    const sp = this.rolecall();
    const told: Answer = {
      issuer: this.entityId,
      audience: sp.entityMeta.getEntityID(),
      recipient: acs,
      request: request ? String(request) : undefined,
      session: `_session${++this.sessions}`,
      from: new Date(Date.now() - 60_000),
      until: new Date(Date.now() + 300_000),
      ...this.wrong,
    };
    const made = answerXml(told, person);
    if (!person) return Buffer.from(made.context).toString('base64');
    const { context } = await this.idp().createLoginResponse(
      sp,
      { extract: {} },
      'post',
      {},
      { customTagReplacement: () => made },
    );
    return context;
  }

  private logout(person: string, session: string | undefined): string {
    const [idp, sp] = [this.idp(), this.rolecall()];
    const user = { logoutNameID: person, ...(session && { sessionIndex: session }) };
    const redirect = idp.createLogoutRequest(sp, 'redirect', user, { relayState: 'by-redirect' }).context;
    const post = idp.createLogoutRequest(sp, 'post', user);
    const slo = String(sp.entityMeta.getSingleLogoutService('post'));
    const byForm = button('Sign out by form', slo, { SAMLRequest: post.context, RelayState: 'by-form' });
    return `<a href="${escaped(redirect)}">Sign out by redirect</a>${byForm}`;
  }

  /** Rolecall asks for a logout, or answers to one. */
  private async loggedOut(
    request: IncomingMessage,
    response: ServerResponse,
    query: Record<string, string>,
    show: (title: string, body: string) => void,
  ): Promise<void> {
    const fields = request.method === 'POST' ? await form(request) : query;
    // Rolecall signs none of these.
    const sp = samlify.ServiceProvider({ metadata: this.rolecall().getMetadata() });
    if (fields['SAMLResponse']) {
      await this.idp().parseLogoutResponse(sp, 'redirect', { query: fields });
      this.logouts.push('response');
      show('Signed out of everything', '');
      return;
    }
    const asked = await this.idp().parseLogoutRequest(sp, 'redirect', { query: fields });
    this.logouts.push('request');
    const { context } = this.idp().createLogoutResponse(this.rolecall(), { ...asked }, 'redirect', {
      relayState: fields['RelayState'] ?? '',
    });
    response.writeHead(302, { location: context }).end();
  }
}

function pem(name: KeyName, part: 'key' | 'crt'): string {
  return readFileSync(new URL(`${name}.${part}.pem`, KEYS), 'utf8');
}
