// The Roles page: what each role allows, which plan has it and who holds it; of the built-in catalogue and of an operator's own.
import { resolve } from 'node:path';

import { expect, hydrated, looks, openDemo, signUp, test } from '../fixtures/index.ts';

test('an owner sees what each role allows and who holds it, and goes on to them', async ({ page, server }) => {
  await openDemo(page, server);
  await page.getByRole('link', { name: 'Roles' }).click();
  await expect(page.getByRole('heading', { name: 'Roles', level: 1 })).toBeVisible();
  const row = page.getByRole('row').filter({ hasText: 'Source Admin' });
  await expect(row).toContainText('See, edit, create and delete sources, with destinations, schemas, debuggers and write keys');
  await expect(row).toContainText('Only chosen ones');
  await expect(row).toContainText('With labels');
  await expect(row).toContainText(/\d+ members and 1 group/);
  await looks(page, 'roles');
  await page.getByRole('link', { name: 'Source Admin' }).click();
  const drawer = page.getByRole('dialog', { name: 'Source Admin' });
  await expect(drawer.getByRole('region', { name: 'What it allows' })).toContainText('also through the source they hang on');
  const who = drawer.getByRole('region', { name: 'Who holds it' });
  await expect(who.getByRole('list', { name: 'Grants and their holders' })).toContainText('@acme.test');
  await looks(page, 'role-drawer');
  // others hold it by a group: the way to it, and to its members
  await expect(who).toContainText('1 user group gives it to its members as well.');
  await who.getByRole('button', { name: 'Show user groups' }).click();
  await expect(who).toContainText('Platform');
  await expect(who).toContainText(/User group, \d+ members?/);
  await who.getByRole('link', { name: 'See members of Platform' }).click();
  await expect(page).toHaveURL(/\/access\/users\?filter=group/);
  await page.goBack();
  await who.getByRole('tab', { name: /User groups/ }).click();
  await who.getByRole('link', { name: 'Platform', exact: true }).click();
  await expect(page).toHaveURL(/\/access\/groups\//);
  await expect(page.getByRole('dialog', { name: 'Platform' })).toBeVisible();

  await server.command('workspace', 'set-plan', 'acme', 'team');
  await page.goto('/w/acme/roles');
  await hydrated(page);
  await expect(page.getByRole('row').filter({ hasText: 'Function Admin' })).toContainText('Needs the Business plan');
  await expect(row).not.toContainText('Needs the');
  await looks(page, 'roles-locked');
  await page.goto('/w/acme/roles/no_such_role');
  await expect(page.getByRole('dialog')).toContainText('There is no such role');
});

test('by keyboard alone: from the list into a role, its groups, and back', async ({ page, server }) => {
  await openDemo(page, server);
  await page.goto('/w/acme/roles');
  await hydrated(page);
  const link = page.getByRole('link', { name: 'Source Admin' });
  // from the top of the page on, as somebody without a mouse goes
  for (let steps = 0; steps < 60 && !(await link.evaluate((element) => element === document.activeElement)); steps += 1) {
    await page.keyboard.press('Tab');
  }
  await expect(link).toBeFocused();
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog', { name: 'Source Admin' });
  await expect(drawer).toBeVisible();
  const members = drawer.getByRole('tab', { name: /Members/ });
  for (let steps = 0; steps < 30 && !(await members.evaluate((element) => element === document.activeElement)); steps += 1) {
    await page.keyboard.press('Tab');
  }
  await expect(members).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(drawer.getByRole('tab', { name: /User groups/ })).toHaveAttribute('aria-selected', 'true');
  await expect(drawer.getByRole('region', { name: 'Who holds it' })).toContainText('Platform');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/\/roles$/);
  await expect(link, 'the focus is where one came from').toBeFocused();
});

test('a member sees the catalogue and not who holds what', async ({ page, browser, mailbox, server, baseURL }) => {
  await openDemo(page, server);
  await page.getByRole('button', { name: 'Invite team member' }).click();
  await page.getByRole('dialog').getByLabel('Email addresses').fill('dora@dee.test');
  await page.getByRole('dialog').getByRole('button', { name: 'Send invites' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  const hers = await (await browser.newContext({ baseURL: baseURL! })).newPage();
  await signUp(hers, 'Dora Dee', 'dora@dee.test', 'Dee');
  await hers.goto((await mailbox.waitFor('dora@dee.test')).links.find((link) => link.includes('/invites/'))!);
  await hydrated(hers);
  await hers.getByRole('button', { name: 'Accept invite' }).click();
  await expect(hers).toHaveURL(/\/w\/acme\//);
  await hers.getByRole('link', { name: 'Roles' }).click();
  await expect(hers.getByRole('row').filter({ hasText: 'Source Admin' })).toContainText('See, edit, create and delete sources');
  await expect(hers.getByRole('columnheader', { name: 'Held by' })).toHaveCount(0);
  await hers.getByRole('link', { name: 'Source Admin' }).click();
  await expect(hers.getByRole('dialog', { name: 'Source Admin' })).toContainText('What it allows');
  await expect(hers.getByRole('region', { name: 'Who holds it' })).toHaveCount(0);
  await looks(hers, 'role-drawer-member');
});

test.describe('with a catalogue of the operator', () => {
  test.use({ serverOptions: { env: { ROLECALL_CATALOG: resolve(import.meta.dirname, '../../crates/domain/catalog/help-desk.toml') } } });

  test('its roles read as well', async ({ page }) => {
    await signUp(page, 'Hedda Help', 'hedda@help.test', 'Help');
    await page.getByRole('link', { name: 'Roles' }).click();
    await expect(page.getByRole('row').filter({ hasText: 'Team Lead' })).toContainText('See, edit and create queues, with tickets and satisfaction reports');
    await expect(page.getByRole('row').filter({ hasText: 'Specialist' })).toContainText('Nobody');
    await looks(page, 'roles-help-desk');
    await page.getByRole('link', { name: 'Agent' }).click();
    await expect(page.getByRole('dialog', { name: 'Agent' })).toContainText('also through the queue they hang on');
    await page.goto('/w/help/resources');
    await hydrated(page);
    await expect(page.getByText('No resources yet')).toBeVisible();
    await looks(page, 'resources-empty');
    await page.getByRole('button', { name: 'Create resource' }).click();
    await page.getByRole('dialog').getByLabel('Type').selectOption('queue');
    await page.getByRole('dialog').getByLabel('Name').fill('Billing');
    await page.getByRole('dialog').getByRole('button', { name: 'Create resource' }).click();
    await expect(page.getByRole('dialog', { name: 'Billing' })).toBeVisible();
  });
});
