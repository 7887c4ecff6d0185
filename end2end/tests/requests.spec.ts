// Requests for access: a member without reach asks, owners hear of it, and the answer is what the drawer saves.
import type { Browser, Page } from '@playwright/test';

import { expect, hydrated, looks, openDemo, PASSWORD, signIn, test } from '../fixtures/index.ts';

/** A member of the demo workspace without any grant, signed in on their own page. */
async function member(browser: Browser, baseURL: string, page: Page): Promise<Page> {
  await page.getByRole('button', { name: 'Invite team member' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Email addresses').fill('bea@new.test');
  await dialog.getByRole('button', { name: 'Send invites' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  const context = await browser.newContext({ baseURL });
  return context.newPage();
}

test('a member asks, the owner approves in the drawer, and she reaches it', async ({ page, browser, mailbox, server, baseURL, allowNoise }) => {
  // many pictures
  test.slow();
  allowNoise(/4(03|09|22)/);
  await openDemo(page, server);
  const hers = await member(browser, baseURL!, page);
  const link = (await mailbox.waitFor('bea@new.test')).links.find((link) => link.includes('/invites/'));
  await hers.goto(link!);
  await hydrated(hers);
  await hers.getByLabel('Name', { exact: true }).fill('Bea New');
  await hers.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await hers.getByRole('button', { name: /Create account|Accept/ }).click();
  await expect(hers.getByText('You have no access yet')).toBeVisible();
  await looks(hers, 'requests-minimal');

  // wherever she ends for lack of access, there is a way to the form
  for (const place of ['/w/acme/audit', '/w/acme/resources', '/w/acme/resources/none']) {
    await hers.goto(place);
    await hydrated(hers);
    const within = place.endsWith('none') ? hers.getByRole('dialog') : hers.getByRole('main');
    await within.getByRole('link', { name: 'Request access' }).click();
    await expect(hers.getByRole('region', { name: 'Request access' })).toBeVisible();
  }

  // without a why it is not sent, and what was chosen stays
  const form = hers.getByRole('region', { name: 'Request access' });
  const admin = (await form.getByRole('option', { name: /^Source Admin/ }).getAttribute('value'))!;
  await form.getByLabel('Role').selectOption(admin);
  await form.getByLabel('Resource').fill('Website');
  await form.getByRole('button', { name: 'Request access' }).click();
  await expect(form.getByLabel('Why')).toHaveAccessibleDescription(/missing/);
  await expect(form.getByLabel('Resource')).toHaveValue('Website');
  await form.getByLabel('Why').fill('I write the launch page <b>& more</b>');
  await form.getByRole('button', { name: 'Request access' }).click();
  const own = hers.getByRole('list', { name: 'Your requests' });
  await expect(own.getByRole('listitem')).toContainText('Source Admin on Website');
  await expect(own.getByRole('listitem')).toContainText('Waiting');
  // what waits comes first, and the form folds away
  await expect(hers.getByRole('main').getByRole('region').first()).toHaveAccessibleName('Your requests');
  await expect(form).toBeFocused();
  await expect(form.getByLabel('Role')).toBeHidden();
  await expect(hers.getByText('What you asked for is with the owners')).toBeVisible();
  await looks(hers, 'requests-waiting');

  // the same again is not asked twice
  await form.getByRole('button', { name: 'Request something else' }).click();
  await form.getByLabel('Role').selectOption(admin);
  await form.getByLabel('Resource').fill('website');
  await form.getByLabel('Why').fill('Please');
  await form.getByRole('button', { name: 'Request access' }).click();
  await expect(form.getByText(/asked for this already/)).toBeVisible();

  // the owner has a mail that leads to the drawer, filled in
  const mail = await mailbox.waitFor('owner@acme.test');
  expect(mail.subject).toBe('Bea New asks for access in Acme');
  expect(mail.text).toContain('Source Admin on Website');
  expect(mail.html).not.toContain('<b>& more');
  await page.goto(mail.links.find((link) => link.includes('request='))!);
  await hydrated(page);
  const drawer = page.getByRole('dialog', { name: 'Bea New' });
  await expect(drawer.getByText('Bea New asks for Source Admin on Website.')).toBeVisible();
  await expect(drawer.getByRole('checkbox', { name: 'Source Admin' })).toBeChecked();
  await expect(drawer.getByRole('checkbox', { name: 'Website', exact: true })).toBeChecked();
  await expect(drawer.getByRole('region', { name: 'Effective access' })).toContainText('+ 1 source');
  await looks(page, 'requests-drawer');
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'their request approved' }).first()).toBeVisible();

  await hers.reload();
  await hydrated(hers);
  await expect(hers.getByRole('list', { name: 'Your requests' })).toContainText('Approved by Olivia Owner');
  await expect(hers.getByRole('table', { name: 'Resources you can reach' })).toContainText('Website');
  const answer = await mailbox.waitFor('bea@new.test', 2);
  expect(answer.subject).toBe('Your request in Acme was approved');
});

test('the banner leads to all that wait; one is declined with a word, and the trail keeps it', async ({ page, server }) => {
  // many pictures
  test.slow();
  await openDemo(page, server);
  // the demo has one that waits
  await expect(page.getByText('Somebody asks for access.')).toBeVisible();
  await looks(page, 'requests-banner');
  await page.getByRole('button', { name: 'Review requests' }).click();
  const dialog = page.getByRole('dialog', { name: 'Requests for access' });
  const line = dialog.getByRole('list', { name: 'Requests for access' }).getByRole('listitem');
  await expect(line).toHaveCount(1);
  await expect(line).toContainText('I join the import project on Monday.');
  await looks(page, 'requests-dialog');

  // a review opens the drawer and closes the dialog; going back keeps all as it was
  await line.getByRole('link', { name: /^Review the request of/ }).click();
  const drawer = page.getByRole('dialog');
  await expect(drawer.getByText(/asks for Source Read-only/)).toBeVisible();
  await expect(dialog).toHaveCount(0);
  await drawer.getByRole('button', { name: 'Decline' }).click();
  const question = page.getByRole('alertdialog', { name: /^Decline the request of/ });
  await question.getByLabel('A word to them').fill('Ask again when you have joined.');
  await looks(page, 'requests-decline');
  await question.getByRole('button', { name: 'Decline request' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'declined' }).first()).toBeVisible();
  // nothing was given by it
  await expect(drawer.getByRole('button', { name: 'Save changes' })).toHaveAttribute('aria-disabled', 'true');
  await drawer.getByRole('tab', { name: 'Activity' }).click();
  await expect(drawer.getByText(/declined the request of/)).toBeVisible();
  await drawer.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Somebody asks for access.')).toHaveCount(0);
});

test('by keyboard alone: asked by a member, and taken back', async ({ page, server }) => {
  const seeded = JSON.parse(await server.command('--json', 'seed', '--demo'));
  await signIn(page, seeded.owner, seeded.password);
  await page.goto('/w/acme/access/users?filter=permission:member');
  await hydrated(page);
  // somebody of the demo, given a password by the operator
  const email = (await page.locator('tbody .who small').filter({ hasText: '@acme.test' }).first().innerText()).trim();
  // the page is left first: it may be about to follow its workspace
  await page.goto('about:blank');
  await page.context().clearCookies();
  await server.command('account', 'set-password', email, '--password', PASSWORD);
  await signIn(page, email);
  await page.goto('/w/acme/access/users');
  await hydrated(page);
  const form = page.getByRole('region', { name: 'Request access' });
  await form.getByLabel('Role').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.type('Data lake');
  await page.keyboard.press('Tab');
  await page.keyboard.type('For the quarterly numbers');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const own = page.getByRole('list', { name: 'Your requests' }).getByRole('listitem').filter({ hasText: 'access to Data lake' });
  await expect(own).toContainText('Waiting');
  await own.getByRole('button', { name: 'Take back the request for access to Data lake' }).focus();
  await page.keyboard.press('Enter');
  await expect(own).toHaveCount(0);

  // asked for in another window meanwhile: the form stays with who is filling it in
  await form.getByLabel('Resource').fill('Docs');
  const beside = await page.context().newPage();
  await beside.goto(page.url());
  await hydrated(beside);
  const there = beside.getByRole('region', { name: 'Request access' });
  await there.getByLabel('Resource').fill('Data lake');
  await there.getByLabel('Why').fill('For the monthly numbers');
  await there.getByRole('button', { name: 'Request access' }).click();
  await expect(own).toContainText('Waiting');
  await expect(form.getByLabel('Resource')).toBeVisible();
  await expect(form.getByLabel('Resource')).toHaveValue('Docs');
  await beside.close();
});
