// People who come by OpenID Connect, from a certified provider: the first time, again, changed, removed, cancelled; and accounts that are linked
// only after their holder agreed.
import type { Page } from '@playwright/test';

import { comeIn, connected, connectOidc, expect, fresh, hydrated, joined, looks, PASSWORD, prove, save, signUp, test } from '../fixtures/sso.ts';

/** What the connection's log says of the newest. */
async function newest(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Look again' }).click();
  return page.getByRole('list', { name: 'Sign-ins, the newest first' }).getByRole('listitem').first().innerText();
}

// several people, providers and pictures
test.slow();

test('the first sign-in makes a member, in the groups of the mapping; later ones follow the provider', async ({ page, browser, baseURL, names, oidc }) => {
  await connected(page, names, oidc);
  const connection = page.url();
  await page.goto('/w/acme/access/groups');
  await hydrated(page);
  await page.getByRole('button', { name: 'Create user group' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Analysts');
  await page.getByRole('dialog').getByRole('button', { name: 'Create group' }).click();
  await expect(page.getByRole('dialog', { name: 'Analysts' })).toBeVisible();
  await page.goto(connection);
  await hydrated(page);
  await page.getByRole('button', { name: 'Add rule' }).click();
  await page.getByLabel('Value').fill('analysts');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('A rule has no user group yet.')).toBeVisible();
  await page.getByLabel('User group').selectOption('Analysts');
  await looks(page, 'sso-mapping');
  await save(page);

  const ada = await fresh(browser, baseURL!);
  await ada.goto('/signin');
  await hydrated(ada);
  await expect(ada.getByLabel('Password', { exact: true })).toHaveCount(0);
  await looks(ada, 'signin-address');
  await comeIn(ada, 'ada@example.com', 'Ada Lovelace');
  await expect(ada).toHaveURL(/\/w\/acme\//);
  await page.goto('/w/acme/access/users');
  await hydrated(page);
  const row = page.getByRole('row').filter({ hasText: 'ada@example.com' });
  await expect(row).toContainText('Ada Lovelace');
  await expect(row).toContainText('Analysts');

  // the account page says how each session came in
  await ada.goto('/account');
  await hydrated(ada);
  await expect(ada.getByRole('listitem').filter({ hasText: 'This device' })).toContainText('by Keycloak of Acme');
  await looks(ada, 'account-sso');

  // again, called otherwise and with another address; without the claim she leaves the group
  oidc.people = [{ id: 'ada-0001', email: 'ada.byron@example.com', name: 'Ada Byron', groups: [] }];
  await ada.context().clearCookies();
  await comeIn(ada, 'ada@example.com', 'Ada Byron');
  await expect(ada).toHaveURL(/\/w\/acme\//);
  await page.reload();
  await hydrated(page);
  const renamed = page.getByRole('row').filter({ hasText: 'Ada Byron' });
  await expect(renamed).toContainText('ada.byron@example.com');
  await expect(renamed).not.toContainText('Analysts');
  await page.goto(connection);
  await hydrated(page);
  await expect.poll(() => newest(page)).toContain('Signed in');
  await looks(page, 'sso-connection');
});

test('who is removed at the provider, who cancels, and a provider that is down: each is told why', async ({ page, browser, baseURL, names, oidc, allowNoise }) => {
  allowNoise(/ERR_CONNECTION_REFUSED|500|400/);
  await connected(page, names, oidc);
  oidc.people.push({ id: 'eve-0002', email: 'eve@example.com', name: 'Eve', groups: [] });
  const eve = await fresh(browser, baseURL!);
  await comeIn(eve, 'eve@example.com', 'Eve');
  await expect(eve).toHaveURL(/\/w\/acme\//);

  const other = await fresh(browser, baseURL!);
  await other.goto('/signin');
  await hydrated(other);
  await other.getByLabel('Email').fill('eve@example.com');
  await other.getByRole('button', { name: 'Continue' }).click();
  await oidc.remove('eve-0002');
  await other.getByRole('button', { name: 'Cancel' }).click();
  await expect(other.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
  await expect(other.getByText('Keycloak of Acme did not let you in.')).toBeVisible();
  await hydrated(other);
  await looks(other, 'signin-refused');
  await other.getByRole('link', { name: 'Try again' }).click();
  await expect(other.getByRole('heading', { name: 'Sign in at the provider' })).toBeVisible();
  await expect(other.getByRole('button', { name: 'Sign in as Eve' })).toHaveCount(0);

  await expect.poll(() => newest(page)).toContain('Refused');
  await oidc.stop();
  // what is known of the provider is believed for a while: the way there begins, and leads nowhere
  await page.getByLabel('Issuer').fill('http://localhost:9');
  await page.getByLabel('Client secret', { exact: true }).fill('another-secret');
  await save(page);
  await other.goto('/signin');
  await hydrated(other);
  await other.getByLabel('Email').fill('eve@example.com');
  await other.getByRole('button', { name: 'Continue' }).click();
  await expect(other.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
  await expect(other.getByRole('alert')).toContainText(/reach|answer|connect/i);
  await other.getByRole('link', { name: 'Sign in with a password' }).click();
  await expect(other.getByLabel('Email')).toBeVisible();
  await other.goto('/signin?refused=unknown');
  await expect(other.getByText('belongs to no sign-in that was begun in this browser')).toBeVisible();
});

test('an address that is only claimed: its holder signs in and agrees, nobody else', async ({ page, browser, baseURL, mailbox, oidc, allowNoise }) => {
  allowNoise(/401|403|404/);
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  const bea = await joined(page, browser, mailbox, baseURL!, 'Bea', 'member');
  await connectOidc(page, oidc);
  await page.getByText('More addresses').click();
  const start = await page.getByLabel('Where a sign-in begins').inputValue();
  oidc.people = [{ id: 'bea-0003', email: 'bea@acme.test', name: 'Bea', groups: [] }];

  const eve = await fresh(browser, baseURL!);
  await eve.goto(start);
  await eve.getByRole('button', { name: 'Sign in as Bea' }).click();
  await expect(eve.getByRole('heading', { name: 'Is this your account?' })).toBeVisible();
  await expect(eve.getByText('Keycloak of Acme says that you are bea@acme.test.')).toBeVisible();
  await hydrated(eve);
  await looks(eve, 'link-sign-in');
  await eve.getByLabel('Password', { exact: true }).fill('not-her-password-1');
  await eve.getByRole('button', { name: 'Sign in' }).click();
  await expect(eve.locator('.banner.bad, .field-error').first()).toBeVisible();
  const led = eve.url();
  await eve.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await eve.getByRole('button', { name: 'Sign in' }).click();
  await expect(eve.getByRole('heading', { name: 'Link your account with Keycloak?' })).toBeVisible();
  await expect(eve.getByText('Then this browser is signed in to Acme alone')).toBeVisible();
  await looks(eve, 'link-agree');
  // the question belongs to the browser that began
  await bea.goto(led);
  await expect(bea.getByRole('heading', { name: 'Nothing was linked' })).toBeVisible();
  await eve.getByRole('button', { name: 'Link and go on' }).click();
  await expect(eve).toHaveURL(/\/w\/acme\//);
  await eve.goto(led);
  await expect(eve.getByRole('heading', { name: 'Nothing was linked' })).toBeVisible();

  const again = await fresh(browser, baseURL!);
  await again.goto(start);
  await again.getByRole('button', { name: 'Sign in as Bea' }).click();
  await expect(again).toHaveURL(/\/w\/acme\//);
});

test('the way in asks for the address first only where a domain leads to a provider, and works without scripts', async ({ page, browser, baseURL, names, oidc }) => {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  const plain = await (await browser.newContext({ baseURL: baseURL!, javaScriptEnabled: false })).newPage();
  await plain.goto('/signin');
  await expect(plain.getByLabel('Password', { exact: true })).toBeVisible();
  await prove(page, names, 'example.com');
  await connectOidc(page, oidc);

  await plain.goto('/signin?next=%2Fw%2Facme%2Froles');
  await plain.getByLabel('Email').fill('amara@acme.test');
  await plain.getByRole('button', { name: 'Continue' }).click();
  await expect(plain.getByLabel('Email')).toHaveValue('amara@acme.test');
  await plain.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await plain.getByRole('button', { name: 'Sign in' }).click();
  await expect(plain).toHaveURL(/\/w\/acme\/roles$/);
  const other = await (await browser.newContext({ baseURL: baseURL!, javaScriptEnabled: false })).newPage();
  await other.goto('/signin');
  await other.getByLabel('Email').fill('ada@example.com');
  await other.getByRole('button', { name: 'Continue' }).click();
  await other.getByRole('link', { name: 'Continue with Keycloak' }).click();
  await other.getByRole('button', { name: 'Sign in as Ada Lovelace' }).click();
  await expect(other).toHaveURL(/\/w\/acme/);

  // by the keyboard: the password has the focus next, and what a password manager filled in is there
  const keys = await fresh(browser, baseURL!);
  await keys.goto('/signin');
  await hydrated(keys);
  await expect(keys.getByLabel('Email')).toBeFocused();
  await keys.locator('input[autocomplete="current-password"]').evaluate((box: HTMLInputElement, password) => {
    box.value = password;
    box.dispatchEvent(new Event('input', { bubbles: true }));
  }, PASSWORD);
  await keys.keyboard.type('amara@acme.test');
  await keys.keyboard.press('Enter');
  await expect(keys.getByLabel('Password', { exact: true })).toBeFocused();
  await expect(keys.getByLabel('Password', { exact: true })).toHaveValue(PASSWORD);
  await looks(keys, 'signin-password');
  await keys.getByRole('link', { name: 'Use another address' }).click();
  await expect(keys.getByRole('button', { name: 'Continue' })).toBeVisible();
  await keys.getByRole('button', { name: 'Continue' }).click();
  await keys.getByRole('button', { name: 'Sign in' }).click();
  await expect(keys).toHaveURL(/\/w\/acme/);
});
