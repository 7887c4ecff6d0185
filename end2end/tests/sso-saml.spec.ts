// People who come by SAML, from a provider of another hand: begun here and begun there, and every answer that is not to be believed.
import type { Page } from '@playwright/test';

import { byPassword, comeIn, connected, expect, fresh, hydrated, refused, save, test } from '../fixtures/sso.ts';
import type { Posted } from '../providers/saml.ts';
import { button } from '../providers/site.ts';

const ADA = ['ada@example.com', 'Ada Lovelace'] as const;

/** Goes on to the provider's page, as whoever has that address. */
async function begun(page: Page): Promise<void> {
  await page.goto('/signin');
  await hydrated(page);
  await page.getByLabel('Email').fill(ADA[0]);
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** A page of the provider posts an answer that it has made before. */
async function postedAgain(page: Page, provider: string, { acs, SAMLResponse, RelayState }: Posted): Promise<void> {
  await page.goto(provider);
  await page.setContent(button('Post it again', acs, { SAMLResponse, RelayState }));
  await page.getByRole('button', { name: 'Post it again' }).click();
}

// several people, providers and pictures
test.slow();

test('begun here: a member is made; a changed name and address follow; cancelled, expired, and made for somebody else are refused', async ({ page, browser, baseURL, names, saml }) => {
  await connected(page, names, saml);
  const ada = await fresh(browser, baseURL!);
  await comeIn(ada, ...ADA);
  await expect(ada).toHaveURL(/\/w\/acme\//);
  saml.people = [{ id: 'ada-0001', email: 'ada.byron@example.com', name: 'Ada Byron', groups: [] }];
  const again = await fresh(browser, baseURL!);
  await comeIn(again, 'ada@example.com', 'Ada Byron');
  await expect(again).toHaveURL(/\/w\/acme\//);
  await page.goto('/w/acme/access/users');
  const row = page.getByRole('row').filter({ hasText: 'ada.byron@example.com' });
  await expect(row).toContainText('Ada Byron');
  await expect(page.getByRole('row').filter({ hasText: 'ada@example.com' })).toHaveCount(0);
  saml.people = [{ id: 'ada-0001', email: 'ada.byron@example.com', name: 'Ada Lovelace', groups: [] }];

  const other = await fresh(browser, baseURL!);
  for (const [code, wrong] of [
    ['expired', { until: new Date(Date.now() - 600_000) }],
    ['not-yet-valid', { from: new Date(Date.now() + 600_000) }],
    ['wrong-audience', { audience: 'https://other.example/metadata' }],
    ['wrong-issuer', { issuer: 'https://other.example' }],
  ] as const) {
    saml.wrong = wrong;
    await comeIn(other, ...ADA);
    await refused(other, code, page);
  }
  saml.wrong = {};
  await begun(other);
  await other.getByRole('button', { name: 'Cancel' }).click();
  await refused(other, 'cancelled', page);

  await page.goto('/w/acme/settings/authentication');
  await hydrated(page);
  await page.getByRole('link', { name: 'Keycloak' }).click();
  const log = page.getByRole('list', { name: 'Sign-ins, the newest first' });
  await expect(log.getByText('Refused')).toHaveCount(5);
  await expect(log.getByText('Signed in')).toHaveCount(2);
});

test('begun at the provider: refused until an owner allows it, and then taken once', async ({ page, browser, baseURL, names, saml }) => {
  await connected(page, names, saml);
  const connection = page.url();
  const ada = await fresh(browser, baseURL!);
  await ada.goto(saml.startUrl);
  await ada.getByRole('button', { name: 'Sign in as Ada Lovelace' }).click();
  await refused(ada, 'unsolicited', page);
  await page.goto(connection);
  await hydrated(page);
  await page.getByRole('checkbox', { name: 'The provider may begin a sign-in' }).check();
  await save(page);
  await ada.goto(saml.startUrl);
  const posted = saml.posted.at(-1)!;
  await ada.getByRole('button', { name: 'Sign in as Ada Lovelace' }).click();
  await expect(ada).toHaveURL(/\/w\/acme\//);

  const eve = await fresh(browser, baseURL!);
  await postedAgain(eve, saml.startUrl, posted);
  await refused(eve, 'replayed', page);
});

test('an answer to a sign-in that was begun here is taken once too, whoever posts it', async ({ page, browser, baseURL, names, saml }) => {
  await connected(page, names, saml);
  const ada = await fresh(browser, baseURL!);
  await comeIn(ada, ...ADA);
  await expect(ada).toHaveURL(/\/w\/acme\//);
  const posted = saml.posted.at(-1)!;
  for (const again of [ada, await fresh(browser, baseURL!)]) {
    // as a page that is loaded again does it: that is said, and not that nobody asked
    await postedAgain(again, saml.startUrl, posted);
    await refused(again, 'used-already', page);
    await expect(again.getByRole('alert')).toContainText('was used already');
  }
});

test('another key is refused until its certificate is added beside the old one', async ({ page, browser, baseURL, names, saml }) => {
  await connected(page, names, saml);
  const connection = page.url();
  const ada = await fresh(browser, baseURL!);
  saml.renewKey();
  await comeIn(ada, ...ADA);
  await refused(ada, 'unknown-key', page);
  await page.goto(connection);
  await hydrated(page);
  await page.getByRole('button', { name: 'Add certificate' }).click();
  await page.getByLabel('New certificate').fill(saml.certificate);
  await save(page);
  await comeIn(ada, ...ADA);
  await expect(ada).toHaveURL(/\/w\/acme\//);
});

test('a provider that signs its responses too is understood', async ({ page, browser, baseURL, names, saml }) => {
  saml.signsResponses = true;
  await connected(page, names, saml);
  const ada = await fresh(browser, baseURL!);
  await comeIn(ada, ...ADA);
  await expect(ada).toHaveURL(/\/w\/acme\//);
  const answer = Buffer.from(saml.posted.at(-1)!.SAMLResponse, 'base64').toString('utf8');
  expect(answer.match(/<ds:Signature[ >]/g)).toHaveLength(2);
});

test('who is removed at the provider comes in no more, and the provider ends the session here', async ({ page, browser, baseURL, names, saml }) => {
  await connected(page, names, saml);
  const ada = await fresh(browser, baseURL!);
  await comeIn(ada, ...ADA);
  await expect(ada).toHaveURL(/\/w\/acme\//);
  saml.people = [];
  const other = await fresh(browser, baseURL!);
  await begun(other);
  await expect(other.getByRole('button', { name: 'Cancel' })).toBeVisible();
  await expect(other.getByRole('button', { name: /^Sign in as/ })).toHaveCount(0);
  await other.getByRole('button', { name: 'Cancel' }).click();
  await refused(other, 'cancelled', page);
  await other.goto(saml.logoutUrl('ada-0001', ''));
  await other.getByText('Sign out by form').click();
  await expect(other.getByRole('heading', { name: 'Signed out of everything' })).toBeVisible();
  await ada.goto('/account');
  await expect(ada).toHaveURL(/\/signin/);
});

test('a provider that is down stops nobody who has a password', async ({ page, browser, baseURL, names, saml }) => {
  await connected(page, names, saml);
  await saml.stop();
  const ada = await fresh(browser, baseURL!);
  const failed = ada.waitForEvent('requestfailed', (request) => request.url().startsWith(new URL(saml.entityId).origin));
  await begun(ada);
  expect((await failed).failure()?.errorText).toBe('net::ERR_CONNECTION_REFUSED');
  await byPassword(await fresh(browser, baseURL!), 'amara@acme.test');
});
