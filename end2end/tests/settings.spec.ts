// The settings of a workspace: saved and refused, a move to another address, two owners at once, a session that rested too long, and deletion
// with the way back.
import type { Page } from '@playwright/test';

import { expect, hydrated, joined, looks, openDemo, PASSWORD, signUp, test } from '../fixtures/index.ts';

/** A new workspace `acme` on its settings page. */
async function openSettings(page: Page): Promise<void> {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await page.goto('/w/acme/settings');
  await hydrated(page);
}

test('an owner changes the settings, and the trail tells what they were', async ({ page }) => {
  await openSettings(page);
  const save = page.getByRole('button', { name: 'Save changes' });
  await expect(save).toHaveAttribute('aria-disabled', 'true');
  await looks(page, 'settings');
  await page.getByLabel('Name', { exact: true }).fill('Acme & Sons');
  await page.getByLabel('Ask for the password again').selectOption('After 1 hour without a sign of life');
  await page.getByLabel('Invites last, in days').fill('14');
  await save.click();
  await expect(page.getByRole('status').filter({ hasText: 'Settings saved' }).first()).toBeVisible();
  await expect(page.locator('.ws summary')).toContainText('Acme & Sons');
  await expect(save).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('link', { name: 'Access management' }).click();
  await page.getByRole('button', { name: 'Invite team member' }).click();
  await expect(page.getByRole('dialog', { name: 'Invite team members' })).toContainText('a mail with a link that works for 14 days');
  await page.goto('/w/acme/settings');
  await hydrated(page);
  await expect(page.getByLabel('Invites last, in days')).toHaveValue('14');
  await expect(page.getByLabel('Ask for the password again')).toHaveValue('60');

  await page.getByRole('link', { name: 'Audit trail' }).click();
  const entry = page.locator('.entry').first();
  await expect(entry.locator('.entry-say')).toHaveText('Amara Okafor renamed the workspace to Acme & Sons');
  await entry.locator('summary').click();
  await expect(entry.getByRole('list', { name: 'What changed' })).toContainText('invites last 14 days instead of 7 days');
});

test('another address: the page goes there, old links end, and a taken name is refused at its field', async ({ page, browser, baseURL, allowNoise }) => {
  allowNoise(/409|422|404/);
  await openSettings(page);
  const other = await (await browser.newContext({ baseURL: baseURL! })).newPage();
  await signUp(other, 'Eve Other', 'eve@other.test', 'Other');
  const field = page.getByLabel('Name in addresses');
  for (const [typed, said] of [
    ['other', 'Another workspace has the address'],
    ['Not A Slug', 'lower-case letters'],
  ] as const) {
    await field.fill(typed);
    await page.getByRole('button', { name: 'Save changes' }).click();
    await expect(page.locator('.field-error')).toContainText(said);
    await expect(field).toHaveValue(typed);
  }
  // all that is wrong is told at once
  const [name, days] = [page.getByLabel('Name', { exact: true }), page.getByLabel('Invites last, in days')];
  await name.fill('');
  await days.fill('99');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.locator('.field-error')).toHaveCount(3);
  await expect(name).toBeFocused();
  await expect(page.getByText('Old links end.')).toHaveCount(0);
  await looks(page, 'settings-refused');
  await name.fill('Acme');
  await days.fill('7');
  await field.fill('acme-inc');
  await expect(page.getByText('Old links end.')).toBeVisible();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page).toHaveURL(/\/w\/acme-inc\/settings$/);
  await expect(page.getByLabel('Name in addresses')).toHaveValue('acme-inc');
  await page.getByRole('link', { name: 'Access management' }).click();
  await expect(page).toHaveURL(/\/w\/acme-inc\/access/);
  await expect(page.getByRole('table', { name: 'Users' })).toContainText('Amara Okafor');
  expect((await page.goto('/w/acme/settings'))!.status()).toBe(404);
});

test('what was typed waits when the page is left, and can be thrown away', async ({ page }) => {
  await openSettings(page);
  await page.getByLabel('Name', { exact: true }).fill('Half a name');
  await page.getByRole('link', { name: 'Roles' }).click();
  await expect(page.getByRole('heading', { name: 'Roles', level: 1 })).toBeVisible();
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByText('Your unsaved changes of before are still here.')).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Half a name');
  await page.getByRole('button', { name: 'Discard them' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Acme');
  await page.getByRole('link', { name: 'Roles' }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Acme');
  await expect(page.getByText('Your unsaved changes')).toHaveCount(0);
});

test('two owners save: the second is shown what the first left, and decides', async ({ page, browser, mailbox, baseURL }) => {
  await openSettings(page);
  const bea = await joined(page, browser, mailbox, baseURL!, 'Bea', 'owner');
  await page.goto('/w/acme/settings');
  await hydrated(page);
  await bea.goto('/w/acme/settings');
  await hydrated(bea);
  await bea.getByLabel('Invites last, in days').fill('3');
  await bea.getByRole('button', { name: 'Save changes' }).click();
  await expect(bea.getByRole('status').filter({ hasText: 'Settings saved' }).first()).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('Acme Two');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Somebody else changed the settings meanwhile.')).toBeVisible();
  await expect(page.getByText('invites last 3 days')).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Acme Two');
  await looks(page, 'settings-conflict');
  await page.getByRole('button', { name: 'Take theirs' }).click();
  await expect(page.getByLabel('Invites last, in days')).toHaveValue('3');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Acme');
});

test('a plan tells what it locks and how it is changed', async ({ page, server }) => {
  await openDemo(page, server);
  await server.command('workspace', 'set-plan', 'acme', 'team');
  await page.goto('/w/acme/settings');
  await hydrated(page);
  const plan = page.getByRole('region', { name: 'Plan' });
  await expect(plan).toContainText('Team');
  await expect(plan).toContainText('5 labels of your own');
  await expect(plan).toContainText('rolecall workspace set-plan acme');
  await plan.getByText(/roles need another plan/).click();
  await expect(plan.getByRole('listitem').filter({ hasText: 'Function Admin' }).first()).toBeVisible();
  await looks(page, 'settings-plan');
});

test('a session that rested too long is asked for the password over the page, and the save goes on', async ({ page, allowNoise }) => {
  allowNoise(/401/);
  await openSettings(page);
  // as the server answers once the session has rested longer than the workspace allows
  const answer = {
    kind: 'signed_out',
    field: null,
    message: 'Acme asks for the password again after 15 minutes without a sign of life; sign in to go on.',
  };
  await page.route('**/rpc/settings/change', (route) => route.fulfill({ status: 401, json: answer }), { times: 1 });
  await page.getByLabel('Name', { exact: true }).fill('Acme Awake');
  await page.getByRole('button', { name: 'Save changes' }).click();
  const again = page.getByRole('dialog', { name: 'Sign in again' });
  await expect(again).toContainText('after 15 minutes without a sign of life');
  await again.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await again.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Settings saved' }).first()).toBeVisible();
  await page.goto('/account');
  await hydrated(page);
  await expect(page.getByRole('button', { name: /End session/ })).toHaveCount(0);
});

test('a member is told whom to ask', async ({ page, browser, mailbox, baseURL, allowNoise }) => {
  allowNoise(/403/);
  await openSettings(page);
  const dora = await joined(page, browser, mailbox, baseURL!, 'Dora', 'member');
  await expect(dora.getByRole('link', { name: 'Settings' })).toHaveCount(0);
  expect((await dora.goto('/w/acme/settings'))!.status()).toBe(403);
  await expect(dora.getByText('Settings are for the owners of this workspace.')).toBeVisible();
});

test('a workspace is deleted: closed at once, and kept after all', async ({ page, browser, mailbox, baseURL, server, request, allowNoise }) => {
  allowNoise(/404/);
  await openSettings(page);
  const dora = await joined(page, browser, mailbox, baseURL!, 'Dora', 'member');
  const token = (JSON.parse(await server.command('--json', 'token', 'create', 'shop', '--owner-access')) as { token: string }).token;
  const check = () =>
    request.post('/api/v1/check', {
      headers: { Authorization: `Bearer ${token}` },
      data: { subject: 'email:dora@acme.test', action: 'source:read', resource: 'source:website' },
    });
  expect((await check()).status()).toBe(200);

  await page.goto('/w/acme/settings');
  await hydrated(page);
  await page.getByRole('button', { name: 'Delete workspace' }).click();
  const question = page.getByRole('alertdialog', { name: 'Delete Acme?' });
  await expect(question).toContainText('2 members');
  await expect(question).toContainText('1 token');
  const confirm = question.getByRole('button', { name: 'Delete workspace' });
  await expect(confirm).toHaveAttribute('aria-disabled', 'true');
  await question.getByLabel(/to confirm/).fill('acme');
  await expect(confirm).toHaveAttribute('aria-disabled', 'true');
  await question.getByLabel(/to confirm/).fill('Acme');
  await looks(page, 'settings-delete');
  await confirm.click();
  await expect(page.getByRole('heading', { name: /This workspace will be deleted on \d{4}-\d\d-\d\d/ })).toBeVisible();
  await looks(page, 'workspace-closed');

  expect((await check()).status()).toBe(404);
  expect((await dora.goto('/w/acme/access/users'))!.status()).toBe(404);
  await dora.goto('/workspaces');
  await expect(dora.getByText('You are in no workspace yet')).toBeVisible();
  const mail = await mailbox.waitFor('amara@acme.test');
  expect(mail.subject).toMatch(/Acme will be deleted on/);
  await page.goto('/workspaces');
  await hydrated(page);
  await expect(page.getByRole('link', { name: /Acme/ })).toContainText('Will be deleted on');
  await looks(page, 'workspaces-closed');
  await page.getByRole('link', { name: /Acme/ }).click();
  await hydrated(page);
  await page.getByRole('button', { name: 'Keep workspace' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Acme is open again' }).first()).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Access management' })).toBeVisible();
  expect((await check()).status()).toBe(200);
  expect((await dora.goto('/w/acme/access/users'))!.status()).toBe(200);
});
