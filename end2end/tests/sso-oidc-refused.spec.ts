// Answers of a certified OpenID Connect provider that are not to be believed, or come too late: each is refused by its code, in the trail too.
import type { Page } from '@playwright/test';

import { byPassword, comeIn, connected, expect, fresh, hydrated, refused, test } from '../fixtures/sso.ts';

const ADA = ['ada@example.com', 'Ada Lovelace'] as const;

/** Begins as Ada, and gives the state that the browser was sent out with. */
async function begun(page: Page): Promise<string> {
  const sent = page.waitForRequest((request) => new URL(request.url()).searchParams.has('code_challenge'));
  await page.goto('/signin');
  await hydrated(page);
  await page.getByLabel('Email').fill(ADA[0]);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in at the provider' })).toBeVisible();
  return new URL((await sent).url()).searchParams.get('state')!;
}

/** The link by which a provider that pauses leads back. */
function onward(page: Page) {
  return page.getByRole('link', { name: 'Go on' });
}

// several people and a provider
test.slow();

test('an ID token for another client, of another issuer, or of another time is refused, though its key has signed it', async ({ page, browser, baseURL, names, oidc }) => {
  await connected(page, names, oidc);
  const ada = await fresh(browser, baseURL!);
  const now = () => Math.floor(Date.now() / 1_000);
  for (const [code, wrong] of [
    ['wrong-audience', { aud: 'another-client' }],
    ['wrong-issuer', { iss: 'https://login.example.com' }],
    ['expired', { exp: now() - 600 }],
    ['not-yet-valid', { nbf: now() + 600 }],
    ['not-yet-valid', { iat: now() + 600 }],
  ] as const) {
    oidc.wrong = wrong;
    await comeIn(ada, ...ADA);
    await refused(ada, code, page);
    // the provider knows her still
    await ada.context().clearCookies();
  }
  oidc.wrong = {};
  await comeIn(ada, ...ADA);
  await expect(ada).toHaveURL(/\/w\/acme\//);
});

test('a provider renews its key, and people come in all the same', async ({ page, browser, baseURL, names, oidc }) => {
  await connected(page, names, oidc);
  for (const renew of [false, true, true]) {
    if (renew) oidc.renewKey();
    const ada = await fresh(browser, baseURL!);
    await comeIn(ada, ...ADA);
    await expect(ada).toHaveURL(/\/w\/acme\//);
  }
});

test('an address that was come back by leads in once, and nowhere without its state', async ({ page, browser, baseURL, names, oidc }) => {
  await connected(page, names, oidc);
  const ada = await fresh(browser, baseURL!);
  const cameBack = ada.waitForRequest((request) => /\/sso\/oidc\/[^/]+\/callback\?/.test(request.url()));
  await comeIn(ada, ...ADA);
  await expect(ada).toHaveURL(/\/w\/acme\//);
  const address = (await cameBack).url();
  await ada.goto(address);
  await refused(ada, 'used-already', page);
  await ada.goto(address.split('?')[0]!);
  await expect(ada.getByText('belongs to no sign-in that was begun in this browser')).toBeVisible();
  // what she had she has
  await ada.goto('/account');
  await expect(ada).toHaveURL(/\/account/);
});

test('a code that somebody else got hold of is worth nothing in their own sign-in, and stays hers', async ({ page, browser, baseURL, names, oidc }) => {
  await connected(page, names, oidc);
  oidc.pauses = true;
  const ada = await fresh(browser, baseURL!);
  await comeIn(ada, ...ADA);
  const caught = new URL((await onward(ada).getAttribute('href'))!);

  const eve = await fresh(browser, baseURL!);
  caught.searchParams.set('state', await begun(eve));
  await eve.goto(caught.href);
  await refused(eve, 'code-refused', page);
  await eve.goto('/account');
  await expect(eve).toHaveURL(/\/signin/);

  await onward(ada).click();
  await expect(ada).toHaveURL(/\/w\/acme\//);
});

test('who is removed at the provider loses the session here at once, and comes in no more by a page that was open', async ({ page, browser, baseURL, names, oidc }) => {
  await connected(page, names, oidc);
  const ada = await fresh(browser, baseURL!);
  await comeIn(ada, ...ADA);
  await expect(ada).toHaveURL(/\/w\/acme\//);
  const other = await fresh(browser, baseURL!);
  await begun(other);
  await oidc.remove('ada-0001');
  await ada.goto('/account');
  await expect(ada).toHaveURL(/\/signin/);
  await other.getByRole('button', { name: 'Sign in as Ada Lovelace' }).click();
  await refused(other, 'cancelled', page);
});

test('a provider stops while the browser is away: it is told, and a password is a way in', async ({ page, browser, baseURL, names, oidc }) => {
  await connected(page, names, oidc);
  oidc.pauses = true;
  const ada = await fresh(browser, baseURL!);
  await comeIn(ada, ...ADA);
  await expect(onward(ada)).toBeVisible();
  await oidc.stop();
  await onward(ada).click();
  await refused(ada, 'provider-down', page);
  await byPassword(await fresh(browser, baseURL!), 'amara@acme.test');
});
