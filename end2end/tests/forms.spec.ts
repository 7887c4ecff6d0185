// Bad input, form by form: an error that names the field and the cure, and what was typed stays.
import { readFile } from 'node:fs/promises';

import type { Page } from '@playwright/test';

import { expect, hydrated, joined, looks, PASSWORD, signUp, test } from '../fixtures/index.ts';

const LONG = 'x'.repeat(300);

/** A 10 MB text, put into a field as a paste would. */
const HUGE = 'a'.repeat(10 * 1024 * 1024);

async function send(page: Page, values: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole('button', { name: 'Create workspace' }).click();
}

const GOOD = { Name: 'Amara Okafor', Email: 'amara@acme.test', Password: PASSWORD, 'Workspace name': 'Acme' };

test('sign-up refuses what is wrong at its field and keeps what was typed', async ({ page, allowNoise }) => {
  allowNoise(/422|400|413|409/);
  await page.goto('/signup');
  await hydrated(page);
  const bad: [string, string, RegExp][] = [
    ['Name', '', /name/i],
    ['Name', LONG, /200|characters|long/i],
    ['Name', 'Ama\u0007ra', /character/i],
    ['Email', '', /address/i],
    ['Email', 'ama ra@acme.test', /space|address/i],
    ['Email', `${LONG}@acme.test`, /long|characters|address/i],
    ['Password', 'short', /password|characters/i],
    ['Workspace name', '', /name/i],
    ['Workspace name', LONG, /characters|long/i],
  ];
  for (const [label, value, cure] of bad) {
    await send(page, { ...GOOD, [label]: value });
    const field = page.getByLabel(label, { exact: true });
    await expect(field, `${label}: ${value.slice(0, 20)}`).toHaveAttribute('aria-invalid', 'true');
    await expect(field, `${label}: ${value.slice(0, 20)}`).toBeFocused();
    await expect(page.locator('.field-error').first()).toContainText(cure);
    if (label !== 'Name') await expect(page.getByLabel('Name', { exact: true })).toHaveValue(GOOD.Name);
    await expect(field).toHaveValue(value);
  }
  // all that is wrong is told at once
  await send(page, { Name: '', Email: 'amara', Password: 'short', 'Workspace name': '' });
  await expect(page.locator('[aria-invalid="true"]')).toHaveCount(4);
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await looks(page, 'signup-refused');
  await expect(page).toHaveURL(/\/signup/);
});

test('names of every script and emoji are names', async ({ page }) => {
  await page.goto('/signup');
  await hydrated(page);
  await send(page, { ...GOOD, Name: 'محمد 👩🏽‍🚀 李', 'Workspace name': '店 “Acme” <b>' });
  await expect(page.getByRole('heading', { name: 'Access management' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Users' })).toContainText('محمد 👩🏽‍🚀 李');
  await looks(page, 'names');
});

test('ten megabytes in a field are refused in words', async ({ page, allowNoise }) => {
  allowNoise(/413|ERR_/);
  await page.goto('/signup');
  await hydrated(page);
  await send(page, GOOD);
  await expect(page.getByRole('heading', { name: 'Access management' })).toBeVisible();
  await page.getByRole('button', { name: 'Invite team member' }).click();
  const dialog = page.getByRole('dialog');
  const box = dialog.getByLabel('Email addresses');
  await box.evaluate((element, text) => {
    const area = element as HTMLTextAreaElement;
    area.value = text;
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }, HUGE);
  await dialog.getByRole('button', { name: 'Send invites' }).click();
  await expect(dialog.locator('.field-error')).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'Invited' })).toHaveCount(0);
});

test('the invite dialog names each address that is none, and sends what is good once', async ({ page, mailbox, allowNoise }) => {
  allowNoise(/404|422/);
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await page.getByRole('button', { name: 'Invite team member' }).click();
  const dialog = page.getByRole('dialog');
  const box = dialog.getByLabel('Email addresses');
  const send = dialog.getByRole('button', { name: 'Send invites' });

  await send.click();
  await expect(dialog.locator('.field-error')).toContainText('Type at least one email address');
  await box.fill('bea@acme.test, be a@acme.test, carl');
  await send.click();
  await expect(dialog.locator('.field-error')).toContainText('“be a@acme.test” has a space');
  await expect(dialog.locator('.field-error')).toContainText('“carl” has no');
  await expect(box).toHaveValue('bea@acme.test, be a@acme.test, carl');
  await looks(page, 'invite-refused');

  // what the server refuses is led to, from wherever the dialog was scrolled
  await box.fill('Amara@acme.test');
  await dialog.getByRole('region', { name: 'Effective access' }).scrollIntoViewIfNeeded();
  await send.click();
  await expect(dialog.locator('.field-error')).toContainText('“amara@acme.test” is a member already');
  await expect(box).toBeFocused();
  await expect(box).toBeInViewport();

  await box.fill('bea@acme.test, BEA@acme.test');
  await send.dblclick();
  await expect(dialog.getByRole('button', { name: 'Copy invite link' })).toHaveCount(1);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Invited' })).toHaveCount(1);
  await mailbox.waitFor('bea@acme.test');

  // sent again: the old link is dead, the new one works
  const first = (await mailbox.waitFor('bea@acme.test')).links.find((link) => link.includes('/invites/'))!;
  await page.getByRole('button', { name: 'Resend invite' }).click();
  const second = (await mailbox.waitFor('bea@acme.test', 2)).links.find((link) => link.includes('/invites/'))!;
  expect(second).not.toBe(first);
  expect((await page.request.get(first)).status()).toBe(404);
  expect((await page.request.get(second)).status()).toBe(200);

  await page.getByRole('button', { name: 'Revoke invite' }).click();
  const question = page.getByRole('alertdialog');
  await question.getByRole('button', { name: 'Revoke invite' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Invited' })).toHaveCount(0);
  await expect(page.getByRole('row').getByRole('link', { name: 'Amara Okafor' })).toBeFocused();
  await page.goto(second);
  await expect(page.getByRole('heading', { name: 'This invite was revoked' })).toBeVisible();
  await looks(page, 'invite-revoked');
});

test('a forgotten password is set anew by mail, and the link works once', async ({ page, browser, mailbox, baseURL, allowNoise }) => {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  const elsewhere = await browser.newContext({ baseURL: baseURL! });
  const door = await elsewhere.newPage();

  await door.goto('/reset');
  await hydrated(door);
  // whether an address is known is never told
  for (const address of ['nobody@acme.test', 'amara@acme.test']) {
    await door.getByLabel('Email').fill(address);
    await door.getByRole('button', { name: /Send/ }).click();
    await expect(door.getByText(/If the address has an account/)).toBeVisible();
    await door.goto('/reset');
    await hydrated(door);
  }
  const mail = await mailbox.waitFor('amara@acme.test');
  expect(mailbox.to('nobody@acme.test')).toHaveLength(0);
  const link = mail.links.find((link) => link.includes('/reset/'))!;
  await door.goto(link);
  await hydrated(door);
  await looks(door, 'reset');
  await door.getByLabel('New password').fill('orbit-walnut-kestrel-81');
  await door.getByRole('button', { name: 'Set password' }).click();
  await expect(door).not.toHaveURL(/\/reset\//);

  // the session from before has ended
  allowNoise(/401|404/);
  await page.goto('/account');
  await expect(page).toHaveURL(/\/signin/);
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'This link no longer works' })).toBeVisible();
  await elsewhere.close();
});

test('on the account page one changes the own name, and deletes the account once no workspace needs it', async ({ page, browser, mailbox, baseURL }) => {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await page.goto('/account');
  await hydrated(page);
  await page.getByLabel('Name', { exact: true }).fill('Amara Obi');
  await page.getByRole('button', { name: 'Change name' }).click();
  await expect(page.getByText('Your name is changed, in all your workspaces.')).toBeVisible();
  await page.getByRole('button', { name: 'Delete account' }).click();
  const question = page.getByRole('alertdialog', { name: 'Delete your account?' });
  await expect(question).toContainText('You are its last owner');
  await page.keyboard.press('Escape');

  const bea = await joined(page, browser, mailbox, baseURL!, 'Bea', 'owner');
  await bea.goto('/w/acme/access/users');
  await expect(bea.getByRole('link', { name: /Amara Obi/ })).toBeVisible();
  await page.goto('/account');
  await hydrated(page);
  await page.getByRole('button', { name: 'Delete account' }).click();
  await question.getByLabel('Your password').fill(PASSWORD);
  await question.getByLabel(/to confirm/).fill('amara@acme.test');
  await looks(page, 'account-delete');
  await question.getByRole('button', { name: 'Delete account' }).click();
  const farewell = page.getByText('Your account is deleted, and you have left your workspaces.');
  await expect(farewell).toBeVisible();
  // told once, and to nobody who is sent there
  await page.goto('/signin?gone=account');
  await hydrated(page);
  await expect(page.getByLabel('Email')).toBeVisible();
  await expect(farewell).toHaveCount(0);
  await bea.reload();
  await expect(bea.getByRole('link', { name: /Amara Obi/ })).toHaveCount(0);
  await bea.context().close();
});

test.describe('mail off', () => {
  test.use({ serverOptions: { mail: false } });

  test('the links are there to copy, and the screen says how to turn mail on', async ({ page }) => {
    await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
    await expect(page.getByText('ROLECALL_SMTP_URL')).toBeVisible();
    await page.getByRole('button', { name: 'Invite team member' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Email addresses').fill('bea@acme.test');
    await dialog.getByRole('button', { name: /Send invites|Make/ }).click();
    await expect(dialog.getByRole('heading', { name: 'Invites made' })).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Copy invite link' })).toBeVisible();
    await looks(page, 'invites-made');
    await dialog.getByRole('button', { name: 'Done' }).click();

    // those of a file can be copied, and stand in its report
    await page.getByRole('button', { name: 'Invite team member' }).click();
    await dialog.getByRole('button', { name: 'Import CSV' }).click();
    await expect(dialog.getByText('you get a link for each of them to pass on')).toBeVisible();
    await dialog.getByLabel(/Choose a CSV file/).setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from('Email\ncy@acme.test\n') });
    await dialog.getByRole('button', { name: 'Invite 1 person' }).click();
    await expect(dialog.getByText('nothing was sent')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Copy all addresses and links' })).toBeVisible();
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Download report' }).click();
    expect(await readFile(await (await download).path(), 'utf8')).toMatch(/^Line,Email,Outcome,Link\r\n"2","cy@acme\.test","Invited","http.*\/invites\//);
    await looks(page, 'import-links');

    await page.goto('/w/acme/settings');
    await hydrated(page);
    await page.getByRole('button', { name: 'Delete workspace' }).click();
    await expect(page.getByRole('alertdialog')).toContainText('Mail is off, so tell the other owners yourself');
  });
});

test('every other screen looks right', async ({ page, allowNoise }) => {
  allowNoise(/404/);
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  for (const [path, name] of [['/w/acme/access/groups', 'groups'], ['/w/acme/access/tokens', 'tokens'], ['/account', 'account'], ['/workspaces', 'workspaces'], ['/nowhere', 'not-found'], ['/invites/none', 'invite-dead']] as const) {
    await page.goto(path);
    await hydrated(page);
    await looks(page, name);
  }
});
