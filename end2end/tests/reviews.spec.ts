// Access reviews: started by an owner, gone through by somebody who is none, signed off, and its record; and the page of what waits.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { Page } from '@playwright/test';

import { expect, hydrated, joined, looks, openDemo, signUp, test } from '../fixtures/index.ts';

/** Opens the dialog and says of what, by whom. */
async function start(page: Page, what: string, choose?: [label: string, option: string]): Promise<void> {
  await page.goto('/w/acme/reviews');
  await hydrated(page);
  await page.getByRole('button', { name: /Start (the first )?review/ }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Start review' });
  await dialog.getByRole('radio', { name: what }).check();
  if (choose) await dialog.getByLabel(choose[0], { exact: true }).selectOption(choose[1]);
}

test('a role is reviewed by a member who is asked, and ends with the sign-off', async ({ page, browser, mailbox, baseURL }) => {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  const rae = await joined(page, browser, mailbox, baseURL!, 'Rae', 'member');
  await joined(page, browser, mailbox, baseURL!, 'Bea', 'member', 'Source Admin');
  await joined(page, browser, mailbox, baseURL!, 'Cy', 'member', 'Source Admin');
  await page.goto('/w/acme/reviews');
  await hydrated(page);
  await looks(page, 'reviews-empty');
  await start(page, 'A role', ['Role', 'Source Admin']);
  const dialog = page.getByRole('dialog', { name: 'Start review' });
  await expect(dialog.getByLabel('Name', { exact: true })).toHaveValue(/^Source Admin, \d{4}-\d{2}$/);
  // by keyboard: what was typed is found, Enter takes it
  await dialog.getByRole('textbox', { name: 'Find in team members' }).fill('rae');
  await dialog.getByRole('textbox', { name: 'Find in team members' }).press('Enter');
  await expect(dialog.getByRole('checkbox', { name: 'Rae' })).toBeChecked();
  await dialog.getByRole('button', { name: 'Remove Amara Okafor' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog', { name: 'Discard what you entered?' }).getByRole('button', { name: 'Keep editing' }).click();
  await looks(page, 'review-start');
  await dialog.getByRole('button', { name: 'Start review' }).click();
  await expect(page).toHaveURL(/\/reviews\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Source Admin');

  // the reviewer comes by mail
  const mail = await mailbox.waitFor('rae@acme.test', 2);
  expect(mail.subject).toBe('Amara Okafor asks you to review access in Acme');
  await rae.goto(mail.links.find((link) => link.includes('/reviews/'))!);
  await hydrated(rae);
  await expect(rae.getByRole('navigation').getByRole('link', { name: /Access reviews/ }).first()).toContainText('1');
  const table = rae.getByRole('table', { name: 'To review' });
  await expect(table.getByRole('row')).toHaveCount(3);
  // by keyboard alone
  await table.getByRole('button', { name: 'Keep Bea: Source Admin (all)' }).focus();
  await rae.keyboard.press('Enter');
  const keep = table.getByRole('button', { name: 'Keep Bea: Source Admin (all)' });
  await expect(keep).toHaveAttribute('aria-pressed', 'true');
  await expect(keep, 'the focus stays where one decides').toBeFocused();
  await rae.keyboard.press('Tab');
  await rae.keyboard.press('Tab');
  await expect(rae.getByLabel('Why, for Bea')).toBeFocused();
  await rae.keyboard.type('runs the imports');
  await rae.keyboard.press('Tab');
  await expect(rae.getByRole('status').filter({ hasText: 'Note kept' }).first()).toBeVisible();
  await table.getByRole('button', { name: 'Revoke Cy: Source Admin (all)' }).click();
  await expect(rae.getByText('Everything is decided. An owner signs it off')).toBeVisible();
  await looks(rae, 'review-reviewer');
  await expect(rae.getByRole('button', { name: 'Sign off' })).toHaveCount(0);

  // what the reviewer decided appears with the owner by itself
  await expect(page.getByText('Everything is decided.')).toBeVisible();
  await expect(page.getByRole('table', { name: 'To review' })).toContainText('Kept by Rae');
  await expect(page.getByLabel('Why, for Bea')).toHaveValue('runs the imports');
  await page.getByRole('button', { name: 'Sign off' }).first().click();
  const question = page.getByRole('alertdialog', { name: 'Sign off this review?' });
  await expect(question).toContainText('1 item is revoked, at once. Cy');
  await looks(page, 'review-sign-off');
  await question.getByRole('button', { name: 'Sign off' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Signed off: 1 revoked.' }).first()).toBeVisible();
  await expect(page.getByText('Signed off by Amara Okafor: 1 revoked, 1 kept, 0 not decided.')).toBeVisible();
  await looks(page, 'review-signed-off');

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download record' }).click();
  const file = await readFile((await (await download).path())!);
  expect(file.toString()).toContain('runs the imports');
  const digest = createHash('sha256').update(file).digest('hex');
  await page.getByText('How to prove the record').click();
  await expect(page.getByText(digest)).toBeVisible();
  await page.goto('/w/acme/audit');
  await hydrated(page);
  await expect(page.locator('.entry-say').first()).toContainText('downloaded the record of the review');
  const entry = page.locator('.entry').nth(1);
  await expect(entry.locator('.entry-say')).toContainText('signed off the review');
  await entry.locator('summary').click();
  await expect(entry).toContainText(digest);
  await expect(entry.getByRole('link', { name: /^Open / })).toHaveAttribute('href', /\/reviews\/[0-9a-f-]{36}$/);

  await page.goto('/w/acme/access/users');
  await hydrated(page);
  await expect(page.getByRole('row').filter({ hasText: 'bea@acme.test' })).toContainText('Source Admin');
  await expect(page.getByRole('row').filter({ hasText: 'cy@acme.test' })).not.toContainText('Source Admin');
  // only the way back from the page that is open is left
  await expect(rae.getByRole('link', { name: /^Access reviews/ })).toHaveCount(1);
});

test('everyone is gone through by search, all that match at once, and decisions are taken back', async ({ page, server }) => {
  await openDemo(page, server);
  await start(page, 'Everyone');
  await page.getByRole('dialog').getByRole('button', { name: 'Start review' }).click();
  await expect(page).toHaveURL(/\/reviews\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await looks(page, 'review-open');
  const search = page.getByRole('searchbox', { name: 'Search this review' });
  await search.fill('a');
  await expect(page.getByRole('button', { name: /^Revoke all \d+ that match$/ })).toBeVisible();
  await page.getByRole('button', { name: /^Keep all \d+ that match$/ }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: /^Keep all/ }).click();
  await expect(page.getByRole('status').filter({ hasText: /\d+ items decided\. What you have yourself is for others/ }).first()).toBeVisible();
  await page.getByRole('navigation', { name: 'Decisions' }).getByRole('link', { name: /^Keep/ }).click();
  await expect(page).toHaveURL(/decision%3Akeep|decision:keep/);
  const pressed = page.getByRole('button', { name: /^Keep .*: / }).first();
  await expect(pressed).toHaveAttribute('aria-pressed', 'true');
  const kept = page.getByRole('navigation', { name: 'Decisions' }).getByRole('link', { name: /^Keep/ });
  const before = Number(((await kept.textContent()) ?? '').replace(/\D/g, ''));
  await pressed.click();
  await expect(kept).toHaveText(`Keep ${before - 1}`);
  // what is typed is meant as it stands
  const rows = page.getByRole('table', { name: 'To review' }).getByRole('row');
  for (const [odd, found] of [['%', 0], ['"', 1], ['_', 0], ['=hyperlink("x")', 1], ['😀', 0]] as const) {
    await search.fill('a');
    await expect(rows.nth(5)).toBeVisible();
    await search.fill(odd);
    if (found === 0) await expect(page.getByText('Nothing matches')).toBeVisible();
    else await expect(rows).toHaveCount(found + 1);
  }

  // another due date, and the way out
  await page.getByRole('button', { name: 'Change' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change review' });
  const soon = new Date(Date.now() + 60 * 86_400_000);
  await dialog.getByLabel('Due').fill(soon.toISOString().slice(0, 10));
  await looks(page, 'review-change');
  await dialog.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.locator('.facts')).toContainText(soon.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }));
  await page.getByRole('button', { name: 'Cancel review' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel review' }).click();
  await expect(page.getByText('Cancelled by')).toBeVisible();
  await page.getByRole('link', { name: 'Access reviews' }).first().click();
  await expect(page.getByRole('table', { name: 'Access reviews' })).toContainText('Cancelled');
  await looks(page, 'reviews-list');
});

test('a wish that can not be met says so beside its field, and nothing that was typed is lost', async ({ page, server, allowNoise }) => {
  allowNoise(/422/);
  await openDemo(page, server);
  await start(page, 'A user group');
  const dialog = page.getByRole('dialog', { name: 'Start review' });
  await expect(dialog.getByRole('button', { name: 'Start review' })).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByLabel('User group', { exact: true }).selectOption({ index: 1 });
  await dialog.getByLabel('Name', { exact: true }).fill('Old ones');
  await dialog.getByLabel('Due').fill('2020-01-01');
  await dialog.getByRole('button', { name: 'Start review' }).click();
  await expect(dialog.getByText('lies in the past')).toBeVisible();
  await expect(dialog.getByLabel('Name', { exact: true })).toHaveValue('Old ones');
  await looks(page, 'review-refused');
});

test('notifications lead to what waits, and a review is nobody else’s to see', async ({ page, browser, mailbox, baseURL, server }) => {
  await openDemo(page, server);
  await page.getByRole('link', { name: /^Notifications/ }).click();
  await expect(page.getByRole('heading', { name: 'Notifications' })).toBeVisible();
  const waits = page.getByRole('region', { name: 'Waits for you' });
  await expect(waits).toContainText('request for access waits');
  await expect(page.getByRole('region', { name: 'Worth a look' })).toContainText('expired');
  await looks(page, 'notifications');
  await start(page, 'Everyone');
  await page.getByRole('dialog').getByRole('button', { name: 'Start review' }).click();
  await expect(page).toHaveURL(/\/reviews\/[0-9a-f-]{36}$/);
  const review = page.url();
  await page.getByRole('link', { name: /^Notifications/ }).click();
  await waits.getByRole('link', { name: /^Review Everyone/ }).click();
  await expect(page).toHaveURL(review);

  const dee = await joined(page, browser, mailbox, baseURL!, 'Dee', 'member');
  await dee.goto(review);
  await hydrated(dee);
  await expect(dee.getByText('This review is not here')).toBeVisible();
  await dee.goto('/w/acme/reviews');
  await hydrated(dee);
  await expect(dee.getByText('Nothing to review')).toBeVisible();
});
