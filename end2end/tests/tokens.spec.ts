// Tokens: made and shown once, used against the API, changed, rotated with grace, and refused from the instant they are revoked.
import type { APIRequestContext, Locator, Page } from '@playwright/test';

import { expect, hydrated, looks, openDemo, signUp, test } from '../fixtures/index.ts';

async function openTokens(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Tokens' }).click();
  await expect(page.getByRole('button', { name: 'Create token' })).toBeVisible();
}

/** The secret that a dialog shows this once. */
async function secret(dialog: Locator): Promise<string> {
  const value = await dialog.getByLabel('Secret').inputValue();
  expect(value).toMatch(/^rc_ws_[0-9A-Za-z]{49}$/);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog).toHaveCount(0);
  return value;
}

/** What the API answers to this secret: a status, and whether the token may do it. */
async function ask(request: APIRequestContext, secret: string, id: string, action: string): Promise<[number, boolean | string]> {
  const answer = await request.post('/api/v1/check', {
    headers: { authorization: `Bearer ${secret}` },
    data: { subject: `token:${id}`, action, resource: action.split(':')[0] },
  });
  const body = await answer.json();
  return [answer.status(), answer.ok() ? body.allowed : body.detail];
}

test('a token is made, used, changed, rotated and revoked', async ({ page, server, request, allowNoise }) => {
  // the refused end
  allowNoise(/422/);
  // many pictures
  test.slow();
  await openDemo(page, server);
  await openTokens(page);
  await looks(page, 'tokens');

  await page.getByRole('button', { name: 'Create token' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create token' });
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await dialog.getByRole('button', { name: 'Create token' }).click();
  await expect(dialog.getByLabel('Name')).toHaveAccessibleDescription(/missing/);
  await dialog.getByLabel('Name').fill('Hourly sync');
  // an end in the past is refused at its field, and what was typed stays
  await dialog.getByLabel('Expires', { exact: true }).fill('2020-01-01T10:00');
  await dialog.getByRole('button', { name: 'Create token' }).click();
  await expect(dialog.getByLabel('Expires', { exact: true })).toHaveAccessibleDescription(/lies in the past/);
  await expect(dialog.getByLabel('Name')).toHaveValue('Hourly sync');
  await dialog.getByRole('button', { name: '90 days' }).click();
  await dialog.getByRole('checkbox', { name: 'Source Read-only' }).check();
  await expect(dialog.getByRole('region', { name: 'Effective access' })).toContainText('All sources');
  await looks(page, 'tokens-create');
  await dialog.getByRole('button', { name: 'Create token' }).click();
  const shown = page.getByRole('dialog', { name: 'Token created' });
  await expect(shown.getByRole('button', { name: 'Copy token' })).toBeVisible();
  await looks(page, 'tokens-secret');
  const first = await secret(shown);

  const row = page.getByRole('row').filter({ hasText: 'Hourly sync' });
  await expect(row).toContainText(first.slice(0, 10));
  await expect(row).toContainText('Active');
  await expect(row).toContainText('Olivia Owner');
  const created = (await page.getByRole('columnheader').allInnerTexts()).indexOf('Created');
  await expect(row.getByRole('cell').nth(created)).toHaveText(/just now|min ago/);
  await expect(row).toContainText('Never');
  await row.getByRole('link').click();
  const drawer = page.getByRole('dialog', { name: 'Hourly sync' });
  await expect(drawer.getByRole('button', { name: 'Save changes' })).toBeVisible();
  const id = page.url().split('/').pop()!;
  expect(await ask(request, first, id, 'source:read')).toEqual([200, true]);
  expect(await ask(request, first, id, 'source:create')).toEqual([200, false]);

  // changed, as one change, and at work at once
  await drawer.getByRole('checkbox', { name: 'Source Admin' }).check();
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Token Hourly sync saved.' }).first()).toBeVisible();
  expect(await ask(request, first, id, 'source:create')).toEqual([200, true]);

  await page.reload();
  await hydrated(page);
  await expect(row).toContainText('127.0.0.1');
  await row.getByRole('link').click();
  await expect(drawer).toContainText('127.0.0.1');
  await looks(page, 'tokens-drawer');

  // rotated: both secrets work, then only the second
  await drawer.getByRole('button', { name: 'Rotate' }).click();
  const rotate = page.getByRole('alertdialog', { name: 'Rotate the token Hourly sync?' });
  await rotate.getByLabel('The old secret works for another').selectOption('1 hour');
  await looks(page, 'tokens-rotate');
  await rotate.getByRole('button', { name: 'Rotate' }).click();
  const rotated = page.getByRole('dialog', { name: 'Token rotated' });
  await expect(rotated).toContainText('The old secret works for 1 hour more.');
  const second = await secret(rotated);
  expect(second).not.toBe(first);
  for (const each of [first, second]) expect((await ask(request, each, id, 'source:read'))[0]).toBe(200);
  await expect(drawer).toContainText(/the old secret ends in (1 h|59 min)/);
  await drawer.getByRole('button', { name: 'Rotate' }).click();
  await rotate.getByLabel('The old secret works for another').selectOption('It ends at once');
  await rotate.getByRole('button', { name: 'Rotate' }).click();
  const third = await secret(rotated);
  expect(await ask(request, second, id, 'source:read')).toEqual([401, expect.stringContaining('new secret')]);
  expect((await ask(request, third, id, 'source:read'))[0]).toBe(200);

  await drawer.getByRole('tab', { name: 'Activity' }).click();
  await expect(drawer.getByText('gave the token Hourly sync a new secret; the old one works for 1 hour more')).toBeVisible();
  await drawer.getByRole('button', { name: 'Revoke token' }).click();
  const revoke = page.getByRole('alertdialog', { name: 'Revoke the token Hourly sync?' });
  await expect(revoke).toContainText('What uses it stops working at once.');
  await revoke.getByRole('button', { name: 'Revoke token' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'revoked' }).first()).toBeVisible();
  expect(await ask(request, third, id, 'source:read')).toEqual([401, expect.stringContaining('revoked')]);
  await expect(row).toContainText('Revoked');
  await row.getByRole('link').click();
  await expect(drawer.getByRole('button', { name: 'Rotate' })).toHaveAttribute('aria-disabled', 'true');
  await expect(drawer.getByLabel('Name')).toBeDisabled();
  await looks(page, 'tokens-revoked');
});

test('by keyboard alone: a token with owner access that ends in 30 days', async ({ page, server }) => {
  await openDemo(page, server);
  await openTokens(page);
  await page.getByRole('searchbox', { name: 'Search tokens' }).focus();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Create token' })).toBeFocused();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Create token' });
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('Pulumi');
  await dialog.getByRole('button', { name: '30 days' }).focus();
  await page.keyboard.press('Enter');
  await dialog.getByRole('radio', { name: 'Chosen roles' }).focus();
  await page.keyboard.press('ArrowUp');
  await expect(dialog.getByRole('radio', { name: 'Owner access' })).toBeChecked();
  await dialog.getByLabel('Name').focus();
  await page.keyboard.press('Enter');
  const shown = page.getByRole('dialog', { name: 'Token created' });
  await expect(shown.getByLabel('Secret')).toBeVisible();
  // a stray Escape asks first
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog', { name: 'Close without the secret?' }).getByRole('button', { name: 'Cancel' }).focus();
  await page.keyboard.press('Enter');
  await shown.getByRole('button', { name: 'Done' }).focus();
  await page.keyboard.press('Enter');
  const row = page.getByRole('row').filter({ hasText: 'Pulumi' });
  await expect(row).toContainText('Everything');
  await expect(row).toContainText('Active');
});

test('a token that ends within two weeks is marked, and one that ended is told apart', async ({ page, server }) => {
  await openDemo(page, server);
  await server.command('token', 'create', 'Short', '--workspace', 'acme', '--role', 'source_admin', '--expires-in-days', '13');
  await server.command('token', 'create', 'Long', '--workspace', 'acme', '--role', 'source_admin', '--expires-in-days', '15');
  await openTokens(page);
  await expect(page.getByRole('row').filter({ hasText: 'Short' })).toContainText('Expires soon');
  await expect(page.getByRole('row').filter({ hasText: 'Long' })).toContainText('Active');
  await page.getByRole('row').filter({ hasText: 'Short' }).getByRole('link').click();
  await expect(page.getByRole('dialog').getByText(/ends within two weeks. Give it a later end/)).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
  await expect(page.getByRole('alertdialog')).toContainText(/still ends on \d{4}-\d\d-\d\d/);
});

test('tokens belong to owners: a stranger finds nothing, a member is told who can', async ({ page, server, browser, baseURL, allowNoise }) => {
  allowNoise(/40[34]/);
  await openDemo(page, server);
  const made = JSON.parse(await server.command('--json', 'token', 'create', 'Ours', '--workspace', 'acme', '--owner-access'));
  const context = await browser.newContext({ baseURL: baseURL! });
  const hers = await context.newPage();
  await signUp(hers, 'Eve', 'eve@other.test', 'Other');
  const answer = await hers.goto(`/w/acme/access/tokens/${made.id}`);
  expect(answer!.status()).toBe(404);
  const own = await hers.goto(`/w/other/access/tokens/${made.id}`);
  expect(own!.status()).toBe(200);
  await hydrated(hers);
  await expect(hers.getByRole('dialog').getByText('This token is not here')).toBeVisible();
  await context.close();
});
