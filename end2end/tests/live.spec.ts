// What others change appears without a reload, and who loses access sees it at once.
import type { Page } from '@playwright/test';

import { expect, hydrated, openDemo, PASSWORD, signUp, test } from '../fixtures/index.ts';

async function createGroup(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Create user group' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create user group' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Create group' }).click();
  await expect(page.getByRole('dialog', { name })).toBeVisible();
}

test('two owners see each other’s changes', async ({ page, browser, baseURL, server, allowNoise }) => {
  await openDemo(page, server);
  await page.goto('/w/acme/access/groups');
  await hydrated(page);
  const state = await page.context().storageState();
  const other = await (await browser.newContext({ baseURL: baseURL!, storageState: state })).newPage();
  await other.goto('/w/acme/access/groups');
  await hydrated(other);
  await createGroup(other, 'Night shift');
  await expect(page.getByRole('row').filter({ hasText: 'Night shift' })).toBeVisible();
  await expect(page.getByRole('tab', { name: /User groups/ })).toContainText('7');

  // an open drawer too; what is being edited in it stays, also when its group is deleted meanwhile
  await page.getByRole('row').filter({ hasText: 'Night shift' }).getByRole('link').first().click();
  const drawer = page.getByRole('dialog', { name: 'Night shift' });
  await drawer.getByLabel('Name').focus();
  const theirs = other.getByRole('dialog', { name: 'Night shift' });
  await theirs.getByRole('checkbox', { name: 'Source Admin' }).check();
  await theirs.getByRole('button', { name: 'Save changes' }).click();
  await expect(drawer.getByRole('checkbox', { name: 'Source Admin' })).toBeChecked();
  await expect(drawer.getByLabel('Name')).toBeFocused();
  await drawer.getByLabel('Name').fill('Late shift');
  allowNoise(/404/);
  await other.getByRole('row').filter({ hasText: 'Night shift' }).getByRole('link').first().click();
  await theirs.getByRole('button', { name: 'Delete group' }).click();
  await other.getByRole('alertdialog').getByRole('button', { name: 'Delete group' }).click();
  await expect(drawer.getByText('This group was deleted meanwhile.')).toBeVisible();
  await expect(drawer.getByLabel('Name')).toHaveValue('Late shift');
  await drawer.getByRole('button', { name: 'Close' }).last().click();
  await expect(drawer).toHaveCount(0);

  // and what an open editor offers: a group that is made meanwhile
  await page.goto('/w/acme/access/users?q=nils.wang.3@acme.test');
  await hydrated(page);
  await page.getByRole('row').filter({ hasText: 'Nils Wang' }).getByRole('link').first().click();
  const member = page.getByRole('dialog', { name: 'Nils Wang' });
  await member.getByRole('tab', { name: 'Groups' }).click();
  const groups = member.getByRole('group', { name: 'User groups' });
  const last = groups.getByRole('checkbox', { name: (await groups.getByRole('checkbox').last().getAttribute('aria-label'))!, exact: true });
  const was = await last.isChecked();
  await last.focus();
  await createGroup(other, 'Afternoon shift');
  await expect(groups.getByRole('checkbox', { name: 'Afternoon shift' })).toBeVisible();
  // a line that comes before the one with the focus doesn't take it, nor the key that is pressed then
  await expect(last).toBeFocused();
  await page.keyboard.press('Space');
  await expect(last).toBeChecked({ checked: !was });
  await page.keyboard.press('Space');
  await expect(last).toBeChecked({ checked: was });

  // and a role that is open: the tab that was chosen stays. One holder a page, so that there is something to read on
  let lost = false;
  await page.route('**/rpc/roles/holders', async (route) => {
    if (lost) return route.abort();
    const asked = route.request().postDataJSON();
    const answer = await route.fetch({ headers: { ...route.request().headers(), origin: new URL(page.url()).origin }, postData: { ...asked, cursor: null } });
    const all = await answer.json();
    const [rows, next] = asked.cursor ? [all.rows.slice(1), null] : [all.rows.slice(0, 1), `n${'0'.repeat(32)}`];
    return route.fulfill({ json: { ...all, rows, next } });
  });
  await page.goto('/w/acme/roles/source_admin');
  await hydrated(page);
  const role = page.getByRole('dialog', { name: 'Source Admin' });
  const tab = role.getByRole('tab', { name: /User groups/ });
  const holders = role.getByRole('list', { name: 'Grants and their holders' });
  await tab.click();
  await expect(holders).toContainText('Platform');
  const made = other.getByRole('dialog', { name: 'Afternoon shift' });
  await made.getByRole('checkbox', { name: 'Source Admin' }).check();
  await made.getByRole('button', { name: 'Save changes' }).click();
  await expect(tab).toContainText('2');
  await expect(tab).toHaveAttribute('aria-selected', 'true');
  await expect(tab).toBeFocused();

  // who has read on sees what changes in all that is shown, and keeps it where the news does not come
  await role.getByRole('button', { name: 'Show more' }).click();
  await expect(holders.getByRole('listitem')).toHaveCount(2);
  const rename = async (before: string, name: string) => {
    await other.getByRole('row').filter({ hasText: before }).getByRole('link').first().click();
    const open = other.getByRole('dialog', { name: before });
    await open.getByLabel('Name').fill(name);
    await open.getByRole('button', { name: 'Save changes' }).click();
  };
  await rename('Afternoon shift', 'Evening shift');
  await expect(holders).toContainText('Evening shift');
  await expect(holders.getByRole('listitem')).toHaveCount(2);
  allowNoise(/ERR_FAILED/);
  lost = true;
  const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/rpc/roles/holders'));
  await rename('Evening shift', 'Late shift');
  await failed;
  await expect(tab).toBeVisible();
  await expect(holders).toContainText('Evening shift');

  // the trail too, and what is being typed elsewhere stays
  await page.goto('/w/acme/audit');
  await hydrated(page);
  await other.goto('/w/acme/access/groups');
  await hydrated(other);
  await createGroup(other, 'Day shift');
  await expect(page.locator('.entry').first()).toContainText('Day shift');

  // and a resource that is open
  await page.goto('/w/acme/resources?q=Support');
  await hydrated(page);
  await page.getByRole('row').filter({ hasText: 'Support desk' }).getByRole('link').first().click();
  await expect(page.getByRole('dialog', { name: 'Support desk' }).getByLabel('Name', { exact: true })).toHaveValue('Support desk');
  await other.goto(page.url());
  await hydrated(other);
  const resource = other.getByRole('dialog', { name: 'Support desk' });
  await resource.getByLabel('Name', { exact: true }).fill('Help desk');
  await resource.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByRole('dialog', { name: 'Help desk' }).getByLabel('Name', { exact: true })).toHaveValue('Help desk');
});

test('a member who becomes an owner, and is removed, sees it at once', async ({ page, browser, baseURL, mailbox, allowNoise }) => {
  // the page that was theirs is not any more
  allowNoise(/404/);
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await page.getByRole('button', { name: 'Invite team member' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Email addresses').fill('mina@acme.test');
  await dialog.getByRole('button', { name: 'Send invites' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  const link = (await mailbox.waitFor('mina@acme.test')).links.find((link) => link.includes('/invites/'));
  const theirs = await (await browser.newContext({ baseURL: baseURL! })).newPage();
  await theirs.goto(link!);
  await hydrated(theirs);
  await theirs.getByLabel('Name').fill('Mina Member');
  await theirs.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await theirs.getByRole('button', { name: /Create account|Join|Accept/ }).click();
  await expect(theirs.getByRole('main')).toContainText('You have no access yet');
  await hydrated(theirs);

  // whoever joined appears by themselves
  const row = page.getByRole('row').filter({ hasText: 'Mina Member' });
  await expect(row).toContainText('Active');
  await row.getByRole('link').first().click();
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('checkbox', { name: 'Source Admin' }).check();
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await expect(theirs.getByRole('main')).toContainText('All sources');

  await row.getByRole('link').first().click();
  await drawer.getByRole('radio', { name: 'Workspace owner' }).check();
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await expect(theirs.getByRole('heading', { name: 'Access management' })).toBeVisible();
  await hydrated(theirs);

  await row.getByRole('link').first().click();
  await drawer.getByRole('button', { name: 'Remove from workspace' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove from workspace' }).click();
  await expect(row).toHaveCount(0);
  await expect(theirs.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
});
