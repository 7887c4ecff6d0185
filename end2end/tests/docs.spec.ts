// The page to read and try the API: served by us, with a token that the reader types.
import { expect, test } from '../fixtures/index.ts';

test('a call is tried from the description, with a token and without', async ({ page, server, allowNoise }) => {
  allowNoise(/401/);
  const made = JSON.parse(await server.command('--json', 'seed', '--members', '5', '--groups', '1', '--resources', '5'));
  const { token } = JSON.parse(await server.command('--json', 'token', 'create', 'docs', '--workspace', made.slug, '--owner-access'));
  await page.goto('/api/docs');
  await expect(page.getByRole('heading', { name: /Rolecall/ }).first()).toBeVisible();
  const call = page.locator('#operations-Workspace-readWorkspace');
  await call.getByRole('button').first().click();

  // the page opens a call ready to be tried
  await call.getByRole('button', { name: 'Execute' }).click();
  await expect(call.locator('.live-responses-table tbody .response-col_status').first()).toContainText('401');

  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const dialog = page.locator('.dialog-ux');
  await dialog.getByRole('textbox').fill(token);
  await dialog.getByRole('button', { name: 'Apply credentials' }).click();
  await dialog.getByRole('button', { name: 'Close' }).first().click();
  await call.getByRole('button', { name: 'Execute' }).click();
  await expect(call.locator('.live-responses-table tbody .response-col_status').first()).toContainText('200');
  await expect(call.locator('.live-responses-table')).toContainText(made.slug);
});
