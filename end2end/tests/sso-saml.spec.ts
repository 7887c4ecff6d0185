// People who come by SAML, from a provider of another hand: begun here and begun there, and every answer that is not to be believed.
import type { Page } from '@playwright/test';

import { comeIn, connectSaml, expect, fresh, hydrated, prove, save, signUp, test } from '../fixtures/sso.ts';

async function connected(page: Page, names: Parameters<typeof prove>[1], saml: Parameters<typeof connectSaml>[1]): Promise<void> {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await prove(page, names, 'example.com');
  await connectSaml(page, saml);
}

/** Ada comes, and is told that she is not signed in. */
async function refused(page: Page, reason: RegExp): Promise<void> {
  await comeIn(page, 'ada@example.com', 'Ada Lovelace');
  await expect(page.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
  await expect(page.getByRole('alert')).toContainText(reason);
}

test('begun here: a member is made; a changed name follows; cancelled, expired, and made for somebody else are refused', async ({ page, browser, baseURL, names, saml }) => {
  await connected(page, names, saml);
  const ada = await fresh(browser, baseURL!);
  await comeIn(ada, 'ada@example.com', 'Ada Lovelace');
  await expect(ada).toHaveURL(/\/w\/acme\//);
  saml.people = [{ id: 'ada-0001', email: 'ada@example.com', name: 'Ada Byron', groups: [] }];
  const again = await fresh(browser, baseURL!);
  await comeIn(again, 'ada@example.com', 'Ada Byron');
  await expect(again).toHaveURL(/\/w\/acme\//);
  await page.goto('/w/acme/access/users');
  await expect(page.getByRole('row').filter({ hasText: 'ada@example.com' })).toContainText('Ada Byron');
  saml.people = [{ id: 'ada-0001', email: 'ada@example.com', name: 'Ada Lovelace', groups: [] }];

  const other = await fresh(browser, baseURL!);
  saml.wrong = { until: new Date(Date.now() - 600_000) };
  await refused(other, /over|expired|late|clock/i);
  saml.wrong = { from: new Date(Date.now() + 600_000) };
  await refused(other, /yet|clock|early/i);
  saml.wrong = { audience: 'https://other.example/metadata' };
  await refused(other, /audience|made for|meant for|somebody else/i);
  saml.wrong = { issuer: 'https://other.example' };
  await refused(other, /issuer|provider/i);
  saml.wrong = {};
  await other.goto('/signin');
  await hydrated(other);
  await other.getByLabel('Email').fill('ada@example.com');
  await other.getByRole('button', { name: 'Continue' }).click();
  await other.getByRole('button', { name: 'Cancel' }).click();
  await expect(other.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();

  await page.goto('/w/acme/settings/authentication');
  await hydrated(page);
  await page.getByRole('link', { name: 'Keycloak' }).click();
  const log = page.getByRole('list', { name: 'Sign-ins, the newest first' });
  await expect(log.getByText('Refused')).toHaveCount(5);
  await expect(log.getByText('Signed in')).toHaveCount(2);
});

test('begun at the provider: refused until an owner allows it', async ({ page, browser, baseURL, names, saml }) => {
  await connected(page, names, saml);
  const ada = await fresh(browser, baseURL!);
  await ada.goto(saml.startUrl);
  await ada.getByRole('button', { name: 'Sign in as Ada Lovelace' }).click();
  await expect(ada.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
  await page.getByRole('checkbox', { name: 'The provider may begin a sign-in' }).check();
  await save(page);
  await ada.goto(saml.startUrl);
  await ada.getByRole('button', { name: 'Sign in as Ada Lovelace' }).click();
  await expect(ada).toHaveURL(/\/w\/acme\//);
});

test('another key is refused until its certificate is added beside the old one', async ({ page, browser, baseURL, names, saml }) => {
  await connected(page, names, saml);
  const ada = await fresh(browser, baseURL!);
  saml.renewKey();
  await refused(ada, /sign|certificate/i);
  await page.getByRole('button', { name: 'Add certificate' }).click();
  await page.getByLabel('New certificate').fill(saml.certificate);
  await save(page);
  await comeIn(ada, 'ada@example.com', 'Ada Lovelace');
  await expect(ada).toHaveURL(/\/w\/acme\//);
});
