// A workspace that requires single sign-on: who is in mid-session, who is excepted, the last way in, and two workspaces with a provider each.
import type { Page } from '@playwright/test';

import { authentication, comeIn, connectOidc, connectSaml, expect, fresh, hydrated, joined, looks, PASSWORD, prove, proveAddress, signUp, test } from '../fixtures/sso.ts';

/** Requires it, with these excepted. */
async function requireIt(page: Page, exceptions: string[], slug = 'acme'): Promise<void> {
  await authentication(page, slug);
  await page.getByRole('checkbox', { name: 'Require single sign-on' }).check();
  for (const name of exceptions) await page.getByRole('group', { name: 'Exceptions' }).getByRole('checkbox', { name }).check();
  await page.getByRole('button', { name: 'Save requirement' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Require it' }).click();
}

// several people, providers and pictures
test.slow();

test('it is required while others are in mid-session: they are told, come back by it, and the way in stays', async ({ page, browser, baseURL, mailbox, names, oidc, allowNoise }) => {
  allowNoise(/401|409/);
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  const bea = await joined(page, browser, mailbox, baseURL!, 'Bea', 'owner');
  const dora = await joined(page, browser, mailbox, baseURL!, 'Dora', 'member');
  await prove(page, names, 'acme.test');
  oidc.people = ['Amara', 'Bea', 'Dora'].map((name) => ({ id: name, email: `${name.toLowerCase()}@acme.test`, name, groups: [] }));
  await connectOidc(page, oidc);

  // only an owner who came by it may require it
  await authentication(page);
  await expect(page.getByRole('checkbox', { name: 'Require single sign-on' })).toBeDisabled();
  await expect(page.getByText('sign in by this workspace’s single sign-on first').or(page.getByText('single sign-on first'))).toBeVisible();
  await looks(page, 'sso-require-hindered');
  await bea.context().clearCookies();
  await comeIn(bea, 'bea@acme.test', 'Bea');
  await expect(bea).toHaveURL(/\/w\/acme\//);
  await requireIt(bea, []);
  await expect(bea.getByRole('alertdialog')).toContainText('Name at least one owner with a password and a proven address as an exception');
  await bea.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await bea.getByRole('group', { name: 'Exceptions' }).getByRole('checkbox', { name: 'Amara Okafor' }).check();
  // she has never shown that her address is hers: whoever shows it would get her account without its password
  await bea.getByRole('button', { name: 'Save requirement' }).click();
  await bea.getByRole('alertdialog').getByRole('button', { name: 'Require it' }).click();
  await expect(bea.getByRole('alertdialog')).toContainText('Name at least one owner with a password and a proven address as an exception');
  await bea.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await proveAddress(page, mailbox, 'amara@acme.test');
  await authentication(page);
  await bea.getByRole('button', { name: 'Save requirement' }).click();
  await looks(bea, 'sso-require-question');
  await bea.getByRole('alertdialog').getByRole('button', { name: 'Require it' }).click();
  await expect(bea.getByText('Amara Okafor keeps the way in when the provider is down')).toBeVisible();
  await looks(bea, 'sso-required');

  // the excepted owner goes on by password, the member in mid-session is led to the provider
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Connections' })).toBeVisible();
  await dora.goto('/w/acme/roles');
  await expect(dora.getByRole('heading', { name: 'Acme requires single sign-on' })).toBeVisible();
  await hydrated(dora);
  await looks(dora, 'signin-required');
  await dora.getByRole('link', { name: 'Continue with Keycloak' }).click();
  await dora.getByRole('button', { name: 'Sign in as Dora' }).click();
  await expect(dora).toHaveURL(/\/w\/acme\/roles$/);
  await expect(dora.getByRole('heading', { name: 'Roles', level: 1 })).toBeVisible();

  // the last way in can be neither removed nor taken back
  await bea.goto('/w/acme/access/users');
  await hydrated(bea);
  await bea.getByRole('link', { name: 'Amara Okafor' }).click();
  await bea.getByRole('button', { name: 'Remove from workspace' }).click();
  await bea.getByRole('alertdialog').getByRole('button', { name: /Remove/ }).click();
  await expect(bea.getByText('the last owner who may come by password')).toBeVisible();
  await authentication(bea);
  await bea.getByRole('button', { name: 'Remove Amara Okafor' }).click();
  await bea.getByRole('button', { name: 'Save requirement' }).click();
  await expect(bea.getByText('Name at least one owner with a password and a proven address')).toBeVisible();
  // and the only connection stays on
  await bea.getByRole('switch', { name: 'Switch Keycloak' }).click();
  const question = bea.getByRole('alertdialog', { name: 'Switch Keycloak off?' });
  await expect(question).toContainText('requires single sign-on');
  await expect(question.getByRole('button', { name: 'Switch off' })).toHaveAttribute('aria-disabled', 'true');
});

test('a dialog over the page leads to the provider, and what was typed goes on', async ({ page, browser, baseURL, mailbox, names, oidc, allowNoise }) => {
  allowNoise(/401/);
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await proveAddress(page, mailbox, 'amara@acme.test');
  const bea = await joined(page, browser, mailbox, baseURL!, 'Bea', 'owner');
  const cai = await joined(page, browser, mailbox, baseURL!, 'Cai', 'owner');
  await prove(page, names, 'acme.test');
  oidc.people = ['Bea', 'Cai'].map((name) => ({ id: name, email: `${name.toLowerCase()}@acme.test`, name, groups: [] }));
  await connectOidc(page, oidc);
  await cai.goto('/w/acme/settings');
  await hydrated(cai);
  await cai.getByLabel('Name', { exact: true }).fill('Acme typed');
  await bea.context().clearCookies();
  await comeIn(bea, 'bea@acme.test', 'Bea');
  await expect(bea).toHaveURL(/\/w\/acme\//);
  await requireIt(bea, ['Amara Okafor']);
  await expect(bea.getByText('keeps the way in')).toBeVisible();

  await cai.getByRole('button', { name: 'Save changes' }).click();
  const again = cai.getByRole('dialog', { name: 'Sign in again' });
  await expect(again.getByRole('link', { name: 'Continue with Keycloak in a new tab' })).toBeVisible();
  await looks(cai, 'again-sso');
  const opening = cai.context().waitForEvent('page');
  await again.getByRole('link', { name: 'Continue with Keycloak in a new tab' }).click();
  const tab = await opening;
  await tab.getByRole('button', { name: 'Sign in as Cai' }).click();
  await expect(tab).toHaveURL(/\/w\/acme\//);
  await again.getByRole('button', { name: 'I am signed in, go on' }).click();
  await expect(cai.getByRole('status').filter({ hasText: 'Settings saved' }).first()).toBeVisible();
});

test('two workspaces with a provider each: who comes by one does not enter the other that requires its own', async ({ page, browser, baseURL, names, oidc, saml, allowNoise }) => {
  allowNoise(/401|favicon/);
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await prove(page, names, 'acme.test');
  await connectOidc(page, oidc);
  oidc.people = [
    { id: 'amara', email: 'amara@acme.test', name: 'Amara', groups: [] },
    { id: 'ada', email: 'ada@acme.test', name: 'Ada', groups: [] },
  ];
  const eve = await fresh(browser, baseURL!);
  await signUp(eve, 'Eve Other', 'eve@other.test', 'Other');
  await prove(eve, names, 'other.test', 'other');
  await connectSaml(eve, saml, 'other', 'Other login');
  saml.people = [{ id: 'eve', email: 'eve@other.test', name: 'Eve', groups: [] }];

  // Amara is a member of both
  await eve.goto('/w/other/access/users');
  await hydrated(eve);
  await eve.getByRole('button', { name: 'Invite team member' }).click();
  const dialog = eve.getByRole('dialog');
  await dialog.getByLabel('Email addresses').fill('amara@acme.test');
  await dialog.getByRole('button', { name: 'Send invites' }).click();
  await eve.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await dialog.getByRole('button', { name: 'Copy invite link' }).click();
  const link = await eve.evaluate(() => navigator.clipboard.readText());
  await page.goto(link);
  await hydrated(page);
  await page.getByRole('button', { name: 'Accept invite' }).click();
  await expect(page).toHaveURL(/\/w\/other\//);

  // where she is signed in by her password: from elsewhere, an address that was never shown by mail would lose it
  await eve.goto('/w/other/settings/authentication');
  await hydrated(eve);
  const connection = await eve.getByRole('link', { name: 'Other login' }).getAttribute('href');
  await eve.goto(`/sso/saml/${connection!.split('/').at(-1)}/start`);
  await eve.getByRole('button', { name: 'Sign in as Eve' }).click();
  await expect(eve).toHaveURL(/\/w\/other\/|\/workspaces|\/$/);
  await requireIt(eve, ['Eve Other'], 'other');
  await expect(eve.getByText('keeps the way in')).toBeVisible();

  // by the provider of acme she is in acme, and not in the other, which names its own door
  await page.context().clearCookies();
  await comeIn(page, 'amara@acme.test', 'Amara');
  await page.goto('/w/acme/access/users');
  await expect(page.getByRole('heading', { name: 'Access management' })).toBeVisible();
  await page.goto('/w/other/access/users');
  await expect(page.getByRole('heading', { name: 'Other requires single sign-on' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Continue with Other login' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Continue with Keycloak' })).toHaveCount(0);

  // the excepted owner comes by password, although her domain leads to the provider
  const other = await fresh(browser, baseURL!);
  await other.goto('/signin');
  await hydrated(other);
  await other.getByRole('link', { name: 'Sign in with a password' }).click();
  await other.getByLabel('Email').fill('eve@other.test');
  await other.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await other.getByRole('button', { name: 'Sign in' }).click();
  await expect(other).toHaveURL(/\/w\/other\//);
});
