// The first job, as people do it: sign up, invite by mail, give a role, sign in as the member, take the list away.
import { parse } from 'csv-parse/sync';

import { expect, looks, test } from '../fixtures/index.ts';

const PASSWORD = 'plum-lantern-orbit-47';

test('an owner invites by mail, gives a role, and the member sees what is theirs', async ({ page, browser, mailbox, baseURL }) => {
  await page.goto('/signup');
  await looks(page, 'signup');
  await page.getByLabel('Name', { exact: true }).fill('Amara Okafor');
  await page.getByLabel('Email').fill('amara@acme.test');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Workspace name').fill('Acme');
  await page.getByRole('button', { name: 'Create workspace' }).click();
  await expect(page.getByRole('heading', { name: 'Access management' })).toBeVisible();
  await expect(page).toHaveURL(/\/w\/acme\/access\/users$/);

  await page.getByRole('button', { name: 'Invite team member' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Email addresses').fill('bea@acme.test, carl@acme.test');
  await dialog.getByRole('button', { name: 'Send invites' }).click();
  await expect(dialog.getByRole('button', { name: 'Copy invite link' })).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Invited' })).toHaveCount(2);

  const mail = await mailbox.waitFor('bea@acme.test');
  await mailbox.waitFor('carl@acme.test');
  const link = mail.links.find((link) => link.includes('/invites/'));
  expect(link, 'the mail carries the link').toBeDefined();

  const bea = await browser.newContext({ baseURL: baseURL! });
  const hers = await bea.newPage();
  await hers.goto(link!);
  await hers.getByLabel('Name', { exact: true }).fill('=Bea');
  await hers.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await hers.locator('form').getByRole('button', { name: /join|accept|create/i }).click();
  await expect(hers).toHaveURL(/\/w\/acme\/access\/users/);

  await page.reload();
  await page.getByRole('link', { name: /=Bea/ }).click();
  const drawer = page.getByRole('dialog', { name: /=Bea/ });
  await drawer.getByRole('checkbox', { name: 'Source Admin' }).click();
  await expect(drawer.getByRole('region', { name: 'Effective access' })).toContainText('All sources');
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByRole('status').filter({ hasText: /saved/i }).first()).toBeVisible();

  await hers.reload();
  await expect(hers.getByRole('main')).toContainText('All sources');
  await expect(hers.getByRole('button', { name: 'Invite team member' })).toHaveCount(0);
  await bea.close();

  // a click anywhere on a row opens it: the link of the name covers the row, which is why the click is forced
  await page.goto('/w/acme/access/users');
  await page.getByRole('row', { name: /carl@acme\.test/ }).getByText('Minimal access').click({ force: true });
  await expect(page.getByRole('dialog', { name: /carl@acme\.test/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await looks(page, 'users');

  // the last owner stays one
  await page.getByRole('link', { name: /Amara/ }).click();
  const own = page.getByRole('dialog', { name: /Amara/ });
  await own.getByRole('radio', { name: /Workspace member/ }).click();
  await own.getByRole('button', { name: 'Save changes' }).click();
  const question = page.getByRole('alertdialog', { name: /Stop being an owner/ });
  await expect(question.getByRole('button', { name: 'Become a member' })).toHaveAccessibleDescription(/only owner/);

  const answer = await page.request.get('/w/acme/access/users.csv');
  expect(answer.status()).toBe(200);
  const rows: Record<string, string>[] = parse(await answer.text(), { columns: true, bom: true });
  expect(rows).toHaveLength(3);
  expect(JSON.stringify(rows)).toContain("'=Bea");
});
