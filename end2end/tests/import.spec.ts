// People from a CSV file: columns, what becomes of each row, groups that are made, the report, and files that can't be taken.
import { readFile } from 'node:fs/promises';

import { parse } from 'csv-parse/sync';
import type { Locator, Page } from '@playwright/test';

import { expect, hydrated, looks, openDemo, test } from '../fixtures/index.ts';

async function openImport(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Invite team member' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Import CSV' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import CSV' });
  await expect(dialog.getByRole('button', { name: 'Send invites' })).toHaveAccessibleDescription(/choose a file first/i);
  return dialog;
}

async function choose(dialog: Locator, name: string, content: string | Buffer): Promise<void> {
  const buffer = typeof content === 'string' ? Buffer.from(content) : content;
  await dialog.getByLabel(/Choose a CSV file/).setInputFiles({ name, mimeType: 'text/csv', buffer });
}

test('a file is shown row by row, mended by choice, and everybody in it invited', async ({ page, server }) => {
  test.slow();
  await openDemo(page, server);
  const dialog = await openImport(page);
  await looks(page, 'import-empty');
  const file = [
    'Address,Rolle,Team',
    'new.one@acme.test,"Source Admin (environment:prod); Function Admin",Newcomers',
    'new.two@acme.test,,Newcomers',
    'owner@acme.test,,',
    'new.one@acme.test,,',
    'broken,,',
    'new.three@acme.test,Sorcerer,',
  ].join('\r\n');
  await choose(dialog, 'people.csv', `\uFEFF${file}`);
  await expect(dialog.getByRole('status')).toContainText('1 person will be invited, 2 rows stay as they are, 3 rows are wrong.');

  // one column is not known by its name; groups that are missing can be made
  await expect(dialog.getByText("The column “Rolle” isn't used")).toBeVisible();
  await dialog.getByLabel('Rolle').selectOption({ label: 'Roles' });
  await expect(dialog.getByText("isn't used")).toHaveCount(0);
  await expect(dialog.getByRole('row').filter({ hasText: 'new.three@acme.test' })).toContainText('there is no role “Sorcerer”');
  await expect(dialog.getByRole('button', { name: /Send invites/ })).toHaveAccessibleDescription(/mend the rows that are wrong/i);
  await dialog.getByRole('checkbox', { name: 'Create the groups that are missing' }).check();
  await expect(dialog.getByRole('status')).toContainText('2 people will be invited, 2 rows stay as they are, 2 rows are wrong.');
  await dialog.getByRole('checkbox', { name: 'Leave out 2 rows that are wrong' }).check();
  await looks(page, 'import-preview');
  let waited = false;
  await page.route(
    '**/rpc/import/apply',
    async (route) => {
      await expect(dialog.getByRole('status').getByRole('progressbar', { name: 'Inviting 2 people…' })).toBeVisible();
      waited = true;
      await route.continue();
    },
    { times: 1 },
  );
  await dialog.getByRole('button', { name: 'Invite 2 people' }).click();
  await expect(page.getByRole('status').filter({ hasText: '2 people invited.' }).first()).toBeVisible();
  expect(waited).toBe(true);
  await looks(page, 'import-done');

  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download report' }).click();
  const rows: Record<string, string>[] = parse(await readFile(await (await download).path(), 'utf8'), { columns: true });
  expect(rows.map((row) => row['Outcome'])).toEqual([
    'Invited',
    'Invited',
    'A member already: Olivia Owner',
    'The same as in line 2',
    expect.stringMatching(/^Email: /),
    expect.stringMatching(/^Roles: /),
  ]);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('searchbox', { name: 'Search users' }).fill('new.one');
  const row = page.getByRole('row').filter({ hasText: 'new.one@acme.test' });
  await expect(row).toContainText('Invited');
  await expect(row).toContainText('Source Admin');
  await expect(row).toContainText('Newcomers');
});

test('what can not be taken says why, and an older spreadsheet is read', async ({ page, server, allowNoise }) => {
  // a file without rows is refused
  allowNoise(/422/);
  await openDemo(page, server);
  const dialog = await openImport(page);
  await choose(dialog, 'huge.csv', Buffer.alloc(9 * 1024 * 1024, 'a'));
  await expect(dialog.getByText(/huge\.csv has 9 MB; choose a file of at most 8 MB/)).toBeVisible();
  await choose(dialog, 'empty.csv', 'Email\n');
  await expect(dialog.getByText(/there is nobody to invite/)).toBeVisible();
  await looks(page, 'import-refused');
  await choose(dialog, 'latin.csv', Buffer.from('Email;Gruppe\njosé@acme.test;\nnew@acme.test;\n', 'latin1'));
  await expect(dialog.getByText(/latin\.csv is not UTF-8/)).toBeVisible();
  await expect(dialog.getByRole('row')).toHaveCount(3);
  await choose(dialog, 'odd.csv', 'Who;What\nnew@acme.test;x\n');
  await expect(dialog.getByRole('status')).toContainText('Choose which column has the email addresses.');
  await dialog.getByLabel('Who').selectOption({ label: 'Email' });
  await expect(dialog.getByRole('status')).toContainText('1 person will be invited.');
});

test('the list that was downloaded can be taken as it is', async ({ page, server }) => {
  await openDemo(page, server);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download CSV' }).click();
  const list = await readFile(await (await download).path());
  const dialog = await openImport(page);
  await choose(dialog, 'users.csv', list);
  await expect(dialog.getByRole('status')).toContainText(/\d+ rows stay as they are/);
  await expect(dialog.getByRole('status')).not.toContainText('wrong');
  await expect(dialog.getByText(/(isn't|aren't) used/)).toHaveCount(0);
  await page.keyboard.press('Escape');
  await hydrated(page);
});
