// Roles on one resource and by label: what the drawer promises is what the member then sees; demoted and removed, it is gone.
import { readFile } from 'node:fs/promises';

import { parse } from 'csv-parse/sync';
import type { Locator, Page } from '@playwright/test';

import { expect, hydrated, looks, openDemo, signUp, test } from '../fixtures/index.ts';

/** Opens the drawer of somebody found by address. */
async function open(page: Page, email: string): Promise<Locator> {
  await page.goto(`/w/acme/access/users?q=${encodeURIComponent(email)}`);
  await hydrated(page);
  await page.getByRole('row').filter({ hasText: email }).getByRole('link').first().click();
  const drawer = page.getByRole('dialog');
  await expect(drawer.getByRole('button', { name: 'Save changes' })).toBeVisible();
  return drawer;
}

async function save(page: Page, drawer: Locator): Promise<void> {
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByRole('status').filter({ hasText: /saved/ }).first()).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

test('one source, a label, then demoted and removed: the member sees each step', async ({ page, browser, mailbox, server, baseURL }) => {
  // Dora has an account and a workspace of her own before Acme invites her
  const context = await browser.newContext({ baseURL: baseURL! });
  const hers = await context.newPage();
  await signUp(hers, 'Dora Dee', 'dora@dee.test', 'Dee');

  await openDemo(page, server);
  await page.getByRole('button', { name: 'Invite team member' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Email addresses').fill('dora@dee.test');
  await dialog.getByRole('button', { name: 'Send invites' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();

  const link = (await mailbox.waitFor('dora@dee.test')).links.find((link) => link.includes('/invites/'));
  await hers.goto(link!);
  await hydrated(hers);
  await looks(hers, 'accept-invite');
  await hers.getByRole('button', { name: 'Accept invite' }).click();
  await expect(hers).toHaveURL(/\/w\/acme\//);
  await expect(hers.getByRole('main')).toContainText('You have no access yet');

  let drawer = await open(page, 'dora@dee.test');
  const effect = drawer.getByRole('region', { name: 'Effective access' });
  await expect(effect).toContainText('Minimal access');

  await drawer.getByRole('checkbox', { name: 'Source Admin' }).check();
  await drawer.getByRole('button', { name: /Choose scope for Source Admin/ }).click();
  await drawer.getByRole('radio', { name: 'Only these' }).check();
  await drawer.getByRole('checkbox', { name: 'Website', exact: true }).check();
  await drawer.getByRole('button', { name: /Choose scope for Source Admin/ }).click();

  await drawer.getByRole('checkbox', { name: 'Source Read-only' }).check();
  await drawer.getByRole('button', { name: /Choose scope for Source Read-only/ }).click();
  await drawer.getByRole('radio', { name: 'With labels' }).check();
  await drawer.getByRole('combobox', { name: 'Add a label' }).fill('environment:dev');
  await page.keyboard.press('Enter');
  await expect(drawer.getByText(/^5 of 14/)).toBeVisible();

  await expect(effect).toContainText('Source Admin, 1 source');
  await expect(effect).toContainText('environment:dev');
  await looks(page, 'drawer');
  await save(page, drawer);
  const row = page.getByRole('row').filter({ hasText: 'dora@dee.test' });
  await expect(row).toContainText('Source Admin');
  await expect(row).toContainText('environment:dev');

  await hers.reload();
  await expect(hers.getByRole('main')).toContainText('Website');
  await expect(hers.getByRole('main')).toContainText('environment:dev');
  await expect(hers.getByRole('region', { name: 'Effective access' })).not.toContainText('Warehouse');
  await expect(hers.getByRole('button', { name: 'Invite team member' })).toHaveCount(0);
  await looks(hers, 'my-access');
  // a member may know of the list, but not take it
  expect((await hers.request.get('/w/acme/access/users.csv')).status()).toBe(403);

  // demoted to the one role by label
  drawer = await open(page, 'dora@dee.test');
  await drawer.getByRole('checkbox', { name: 'Source Admin' }).uncheck();
  await save(page, drawer);
  await hers.reload();
  await expect(hers.getByRole('main')).toContainText('environment:dev');
  await expect(hers.getByRole('main')).not.toContainText('Website');

  // removed: the confirmation names what is lost
  drawer = await open(page, 'dora@dee.test');
  await drawer.getByRole('button', { name: 'Remove from workspace' }).click();
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText('1 grant of their own');
  await expect(question).toContainText('It can be undone for ten minutes.');
  await looks(page, 'remove');
  await question.getByRole('button', { name: 'Remove from workspace' }).click();
  await expect(page.getByRole('status').filter({ hasText: /removed/ }).first()).toBeVisible();
  await expect(page.getByText('No user matches')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Users', exact: true })).toBeFocused();
  await expect(page.locator('.banner').filter({ hasText: 'removed from the workspace' }).getByRole('button', { name: 'Undo' })).toBeVisible();
  const gone = await hers.goto('/w/acme/access/users');
  expect(gone?.status()).toBe(404);
  await context.close();
});

/** A user as both the list and the file tell of them. */
interface Told {
  name: string;
  status: string;
  permission: string;
  groups: string;
}

async function shownOn(page: Page): Promise<Told[]> {
  return page.getByRole('table', { name: 'Users' }).locator('tbody tr').evaluateAll((rows) =>
    rows.map((row) => {
      const text = (part: string) => (row.querySelector(part)?.textContent ?? '').trim();
      return {
        name: text('.cell-who a'),
        status: text('.cell-status'),
        permission: text('.cell-kind'),
        groups: [...row.querySelectorAll('.cell-groups .group')].map((group) => group.textContent).join('; '),
      };
    }),
  );
}

test('the CSV holds what the screen shows, user by user', async ({ page, server }) => {
  await openDemo(page, server);
  const shown = await shownOn(page);
  await expect(page.getByText(`1–${shown.length} of ${shown.length}`)).toBeVisible();
  await expect(page.getByRole('link', { name: new RegExp(`^Access management ?${shown.length}$`) })).toBeVisible();

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download CSV' }).click();
  const rows: Record<string, string>[] = parse(await readFile(await (await download).path(), 'utf8'), { columns: true, bom: true });
  const told = rows.map((row) => ({
    // the apostrophe keeps a spreadsheet from running the cell
    name: (row['Name'] || row['Email']!).replace(/^'(?=[=+@-])/, ''),
    status: row['Status']!,
    permission: row['Permission']!.replace('Workspace owner', 'Owner').replace('Workspace member', 'Member'),
    groups: row['Groups']!.split('; ').slice(0, 3).join('; '),
  }));
  const inOrder = (users: Told[]) => users.map((user) => JSON.stringify(user)).sort();
  expect(inOrder(told)).toEqual(inOrder(shown));
  expect(rows.map((row) => row['Name'])).toContain(`'=HYPERLINK("x")`);

  // how many there are follows what is searched, though the first row stays the first
  await page.getByRole('searchbox', { name: 'Search users' }).fill('khan');
  await expect(page.getByText(/^1–(\d) of \1$/)).toBeVisible();

  // a card of a small screen tells who owns the workspace, too
  await page.setViewportSize({ width: 390, height: 800 });
  await expect(page.getByRole('cell', { name: 'Member', exact: true }).first()).toBeVisible();
});
