// The audit trail: an owner reads what was done, narrows it, follows it, and takes it away as a file; a member doesn't get in.
import { readFile } from 'node:fs/promises';

import { parse } from 'csv-parse/sync';
import type { Page } from '@playwright/test';

import { expect, hydrated, looks, openDemo, PASSWORD, signUp, test } from '../fixtures/index.ts';

/** The sentences shown, the newest first. */
function sentences(page: Page): Promise<string[]> {
  return page.locator('.entry-say').allInnerTexts();
}

/** Chooses in a filter above the list, and closes it again. */
async function choose(page: Page, filter: string, option: string): Promise<void> {
  const button = page.getByRole('button', { name: filter });
  await button.click();
  await page.getByRole('group', { name: filter }).getByRole('checkbox', { name: option, exact: true }).check();
  await page.keyboard.press('Escape');
}

async function openTrail(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Workspace' }).getByRole('link', { name: 'Audit trail' }).click();
  await expect(page.getByRole('heading', { name: 'Audit trail' })).toBeVisible();
  await expect(page.locator('.entry').first()).toBeVisible();
}

test('an owner reads what was done, and what it changed', async ({ page, server }) => {
  await openDemo(page, server);
  await page.getByRole('button', { name: 'Invite team member' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Email addresses').fill('zoe@acme.test, yan@acme.test');
  await dialog.getByRole('button', { name: 'Send invites' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();

  await openTrail(page);
  expect((await sentences(page))[0]).toMatch(/ invited 2 people$/);
  await looks(page, 'audit');

  const entry = page.locator('.entry').first();
  await entry.locator('summary').click();
  const changed = entry.getByRole('list', { name: 'What changed' });
  await expect(changed).toContainText('zoe@acme.test');
  await expect(changed).toContainText('yan@acme.test');
  await expect(changed).toContainText('as workspace member');
  await expect(entry.locator('.entry-facts')).toContainText('127.0.0.1');
  await expect(entry.locator('.entry-facts')).toContainText('Request');
  await looks(page, 'audit-entry');

  // by key alone
  await page.keyboard.press('Enter');
  await expect(entry.locator('details')).not.toHaveAttribute('open');
  await page.keyboard.press('Enter');
  await entry.getByRole('link', { name: /^All by / }).click();
  await expect(page).toHaveURL(/filter=actor%3Amember%3A/);
  await expect(page.getByRole('button', { name: 'Actor 1 chosen' })).toBeVisible();
});

test('the URL narrows the trail, and the files hold what is shown', async ({ page, server }) => {
  await openDemo(page, server);
  await openTrail(page);
  const all = (await sentences(page)).length;
  await choose(page, 'Event', 'People invited');
  await expect(page).toHaveURL(/filter=event%3Amembers_invited/);
  await expect(page.locator('.entry')).not.toHaveCount(all);
  const shown = await sentences(page);
  expect(shown.length).toBeGreaterThan(0);
  for (const sentence of shown) expect(sentence).toMatch(/ invited /);

  // reload and back keep it
  await page.reload();
  await hydrated(page);
  expect(await sentences(page)).toEqual(shown);

  let download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download CSV' }).click();
  const rows: Record<string, string>[] = parse(await readFile(await (await download).path(), 'utf8'), { columns: true });
  expect(rows.map((row) => `${row['Who']} ${row['What']}`)).toEqual(shown);
  expect(new Set(rows.map((row) => row['Event']))).toEqual(new Set(['members_invited']));

  download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download JSON lines' }).click();
  const lines = (await readFile(await (await download).path(), 'utf8')).trimEnd().split('\n');
  expect(lines.map((line): string => JSON.parse(line).sentence)).toEqual(shown);

  // the downloads are in the trail themselves
  await page.goto('/w/acme/audit');
  await hydrated(page);
  expect((await sentences(page)).slice(0, 2)).toEqual([expect.stringMatching(/downloaded a part of the audit trail$/), expect.stringMatching(/downloaded a part of the audit trail$/)]);
});

test('whom to narrow to is searched; what matches nothing says so', async ({ page, server }) => {
  await openDemo(page, server);
  await openTrail(page);
  await choose(page, 'Actor', 'The operator');
  await expect(page).toHaveURL(/filter=actor%3Aoperator/);
  await expect(page.locator('.entry, .empty').first()).toBeVisible();

  await page.goto('/w/acme/audit');
  await hydrated(page);
  await page.getByLabel('From', { exact: true }).fill('2099-01-01T00:00');
  await expect(page.getByRole('heading', { name: 'No entry matches' })).toBeVisible();
  await expect(page.getByText('No entry is from that time.')).toBeVisible();
  await looks(page, 'audit-no-match');
  // the wrong way round: said so, with the cure
  await page.getByLabel('Until', { exact: true }).fill('2020-01-01T00:00');
  await expect(page.getByRole('heading', { name: 'From lies after Until' })).toBeVisible();
  await expect(page.getByLabel('From', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await page.getByRole('link', { name: 'Swap them' }).click();
  await expect(page.getByLabel('From', { exact: true })).toHaveValue('2020-01-01T00:00');
  await expect(page.locator('.entry').first()).toBeVisible();
  await page.getByLabel('From', { exact: true }).fill('2098-01-01T00:00');
  await expect(page.getByRole('heading', { name: 'No entry matches' })).toBeVisible();
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await expect(page.locator('.entry').first()).toBeVisible();
  await expect(page.getByLabel('From', { exact: true })).toHaveValue('');
  await page.getByRole('button', { name: 'Last 7 days' }).click();
  await expect(page).toHaveURL(/filter=from%3A/);
  await expect(page.getByLabel('From', { exact: true })).not.toHaveValue('');
  await expect(page.locator('.entry').first()).toBeVisible();
});

test('an entry leads to the member it tells of, while they are here', async ({ page, server }) => {
  await openDemo(page, server);
  await page.goto('/w/acme/access/users?q=nils.wang');
  await hydrated(page);
  await page.getByRole('row').filter({ hasText: 'nils.wang.3@acme.test' }).getByRole('link').first().click();
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('checkbox', { name: 'Function Admin' }).check();
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByRole('status').filter({ hasText: /saved/ }).first()).toBeVisible();

  await page.goto('/w/acme/audit');
  await hydrated(page);
  const entry = page.locator('.entry').first();
  await entry.locator('summary').click();
  await expect(entry.getByRole('list', { name: 'What changed' })).toContainText('+ Function Admin (all)');
  await entry.getByRole('link', { name: /^All about / }).click();
  await expect(page.locator('.trail-narrowed')).toContainText(/^About Nils/);
  await expect.poll(async () => (await sentences(page)).every((sentence) => /nils/i.test(sentence))).toBe(true);
  await page.locator('.trail-narrowed').getByRole('button').press('Enter');
  await expect(page.locator('.trail-narrowed')).toHaveCount(0);
  await expect.poll(async () => (await sentences(page)).every((sentence) => /nils/i.test(sentence))).toBe(false);

  await expect(page.getByRole('region', { name: 'Audit trail' })).toBeFocused();

  // the same by the menu, by key alone
  await page.getByRole('button', { name: 'Target' }).press('Enter');
  const menu = page.getByRole('group', { name: 'Target' });
  const search = menu.getByRole('textbox', { name: 'Find in target' });
  await expect(search).toBeFocused();
  await page.keyboard.type('nils.wang.3@acme.test');
  await expect(menu.getByRole('checkbox')).toHaveCount(1);
  await search.press('ArrowDown');
  await page.keyboard.press('Space');
  await expect(page).toHaveURL(/filter=object%3Amember%3A/);
  await expect(menu.getByRole('checkbox', { name: 'Nils Wang · nils.wang.3@acme.test' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Target 1 chosen' })).toBeFocused();
  await expect(page.locator('.trail-narrowed')).toContainText(/^About Nils/);
  await expect.poll(async () => (await sentences(page)).every((sentence) => /nils/i.test(sentence))).toBe(true);

  // what was unfolded stays so while the list round it changes
  await expect(page.locator('.entry').first().locator('details')).toHaveAttribute('open');
  await page.locator('.entry').first().getByRole('link', { name: /^Open Nils/ }).click();
  await expect(page.getByRole('dialog')).toContainText('Nils');
});

test('it is the owners’ alone, and reads without a script', async ({ page, browser, mailbox, baseURL, allowNoise }) => {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await page.getByRole('button', { name: 'Invite team member' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Email addresses').fill('bea@acme.test');
  await dialog.getByRole('button', { name: 'Send invites' }).click();
  const link = (await mailbox.waitFor('bea@acme.test')).links.find((link) => link.includes('/invites/'));
  const context = await browser.newContext({ baseURL: baseURL! });
  const hers = await context.newPage();
  allowNoise(/403/);
  await hers.goto(link!);
  await hydrated(hers);
  await hers.getByLabel('Name', { exact: true }).fill('Bea');
  await hers.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await hers.locator('form').getByRole('button', { name: /join|accept|create/i }).click();
  await expect(hers).toHaveURL(/\/w\/acme\//);
  await expect(hers.getByRole('link', { name: 'Audit trail' })).toHaveCount(0);
  expect((await hers.goto('/w/acme/audit'))?.status()).toBe(403);
  await expect(hers.getByText('This page is for workspace owners')).toBeVisible();
  expect((await hers.request.get('/w/acme/audit.csv')).status()).toBe(403);

  const plain = await browser.newContext({ baseURL: baseURL!, javaScriptEnabled: false, storageState: await page.context().storageState() });
  const read = await plain.newPage();
  await read.goto('/w/acme/audit');
  await expect(read.locator('.entry-say').filter({ hasText: 'Bea accepted the invite' })).toBeVisible();
  await plain.close();
  await context.close();
});
