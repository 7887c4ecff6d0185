// User groups: made, filled, changed by two owners, emptied with a way back, and deleted with a word on who loses what.
import type { Locator, Page } from '@playwright/test';

import { expect, hydrated, looks, openDemo, test } from '../fixtures/index.ts';

async function openGroups(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'User groups' }).click();
  await expect(page.getByRole('button', { name: 'Create user group' })).toBeVisible();
}

/** Makes a group with a role on all; its drawer is open afterwards. */
async function create(page: Page, name: string, role: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Create user group' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create user group' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('checkbox', { name: role }).check();
  await expect(dialog.getByRole('region', { name: 'Effective access' })).toContainText('All sources');
  await dialog.getByRole('button', { name: 'Create group' }).click();
  const drawer = page.getByRole('dialog', { name });
  await expect(drawer.getByRole('heading', { name })).toBeVisible();
  return drawer;
}

/** Adds everybody whose name or address has one of these texts. */
async function add(page: Page, drawer: Locator, texts: string[]): Promise<void> {
  await drawer.getByRole('tab', { name: 'Members' }).click();
  await drawer.getByRole('button', { name: 'Add members' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add members' });
  for (const text of texts) {
    await dialog.getByRole('textbox', { name: 'Find in team members' }).fill(text);
    await dialog.getByRole('checkbox', { name: text }).check();
  }
  await dialog.getByRole('button', { name: `Add ${texts.length} member` }).click();
  await expect(page.getByRole('status').filter({ hasText: 'added' }).first()).toBeVisible();
  await expect(dialog).toHaveCount(0);
}

test('a group is made, filled, changed, emptied and deleted', async ({ page, server, allowNoise }) => {
  // many pictures
  test.slow();
  // the line that is down for a moment
  allowNoise(/members\/users|Failed to load/);
  await openDemo(page, server);
  await openGroups(page);
  await looks(page, 'groups');

  // what can't be taken is said at the field, and what was typed stays
  await page.getByRole('button', { name: 'Create user group' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create user group' });
  await dialog.getByRole('button', { name: 'Create group' }).click();
  await expect(dialog.getByLabel('Name')).toHaveAccessibleDescription(/missing/);
  await looks(page, 'groups-create');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);

  const drawer = await create(page, 'Auditors', 'Source Read-only');
  await expect(page).toHaveURL(/\/access\/groups\/[0-9a-f-]{36}/);
  await drawer.getByRole('tab', { name: 'Members' }).click();
  await expect(drawer.getByText('Nobody is in this group yet')).toBeVisible();
  await looks(page, 'groups-empty');
  // a search that fails says so, and nothing that it doesn't know
  await page.route('**/rpc/members/users', (route) => route.abort());
  await drawer.getByRole('button', { name: 'Add members' }).click();
  const adding = page.getByRole('dialog', { name: 'Add members' });
  await expect(adding.getByRole('alert')).toContainText('The search failed.');
  await expect(adding.getByText('Everybody in the workspace is in this group already')).toHaveCount(0);
  await page.unroute('**/rpc/members/users');
  await adding.getByRole('button', { name: 'Try again' }).click();
  await expect(adding.getByRole('textbox', { name: 'Find in team members' }), 'the focus is where one goes on').toBeFocused();
  await expect(adding.getByRole('checkbox').first()).toBeVisible();
  const names = (await adding.locator('label.check b').allInnerTexts()).slice(0, 3);
  await looks(page, 'groups-add');
  // what was chosen is not lost by a stray key
  await adding.getByRole('checkbox').first().check();
  await page.keyboard.press('Escape');
  const lost = page.getByRole('alertdialog', { name: 'Discard what you entered?' });
  await lost.getByRole('button', { name: 'Keep editing' }).click();
  await expect(adding.getByRole('checkbox').first()).toBeChecked();
  await adding.getByRole('button', { name: 'Cancel' }).click();
  await lost.getByRole('button', { name: 'Discard' }).click();
  await expect(adding).toHaveCount(0);
  await add(page, drawer, names);
  const members = drawer.getByRole('list', { name: 'Members of the group' });
  await expect(members.getByRole('listitem')).toHaveCount(3);
  await expect(drawer.getByText('3 members')).toBeVisible();
  await looks(page, 'groups-members');

  // from the member's side, too: their drawer has the group
  const href = await members.getByRole('link', { name: names[0] }).getAttribute('href');
  const group = page.url();
  await page.goto(href!);
  await hydrated(page);
  const theirs = page.getByRole('dialog');
  await theirs.getByRole('tab', { name: 'Groups' }).click();
  await expect(theirs.getByRole('checkbox', { name: 'Auditors' })).toBeChecked();
  await theirs.getByRole('tab', { name: 'Activity' }).click();
  await expect(theirs.getByText(/added .+ to the group Auditors/)).toBeVisible();
  await page.goto(group);
  await hydrated(page);

  // renamed with another role, as one change
  await drawer.getByLabel('Name').fill('Reviewers');
  await drawer.getByRole('checkbox', { name: 'Function Read-only' }).check();
  await expect(drawer.getByRole('region', { name: 'Effective access' })).toContainText(/\+ \d+ functions/);
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Group Reviewers saved.' }).first()).toBeVisible();
  await page.getByRole('row').filter({ hasText: 'Reviewers' }).getByRole('link').click();
  const renamed = page.getByRole('dialog', { name: 'Reviewers' });
  await renamed.getByRole('tab', { name: 'Activity' }).click();
  await expect(renamed.getByText('renamed the group Auditors to Reviewers and changed its roles')).toBeVisible();
  await looks(page, 'groups-activity');

  // taken out, and back by the toast
  await renamed.getByRole('tab', { name: 'Members' }).click();
  await renamed.getByRole('button', { name: `Take ${names[0]} out of the group` }).click();
  await expect(renamed.getByRole('list', { name: 'Members of the group' }).getByRole('listitem')).toHaveCount(2);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(renamed.getByRole('list', { name: 'Members of the group' }).getByRole('listitem')).toHaveCount(3);

  // searched: what matches nothing is said, as typed
  const search = renamed.getByRole('searchbox', { name: 'Search members of the group' });
  await search.fill('%_"😀');
  await expect(renamed.getByText('Looked for “%_"😀” in names and addresses.')).toBeVisible();
  await search.fill(names[1]!);
  await expect(renamed.getByRole('list', { name: 'Members of the group' }).getByRole('listitem')).toHaveCount(1);

  await renamed.getByRole('button', { name: 'Delete group' }).click();
  const question = page.getByRole('alertdialog', { name: 'Delete the group Reviewers?' });
  await expect(question).toContainText('Its 3 members stay in the workspace');
  await expect(question).toContainText('Can see: all sources');
  await looks(page, 'groups-delete');
  await question.getByRole('button', { name: 'Delete group' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Group Reviewers deleted.' }).first()).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'Reviewers' })).toHaveCount(0);
});

test('two owners on one group: the second sees both sides, and a group that is gone is said to be', async ({
  page,
  context,
  browser,
  baseURL,
  server,
  allowNoise,
}) => {
  await openDemo(page, server);
  await openGroups(page);
  const mine = await create(page, 'Auditors', 'Source Read-only');
  // begun before theirs: where nothing is being edited, a drawer follows
  await mine.getByRole('checkbox', { name: 'Function Read-only' }).check();
  const other = await (await browser.newContext({ baseURL: baseURL!, storageState: await context.storageState() })).newPage();
  await other.goto(page.url());
  await hydrated(other);
  const theirs = other.getByRole('dialog', { name: 'Auditors' });
  await theirs.getByLabel('Name').fill('Inspectors');
  await theirs.getByRole('button', { name: 'Save changes' }).click();
  await expect(other.getByRole('status').filter({ hasText: 'saved' }).first()).toBeVisible();

  await expect(mine.getByText('Somebody else saved other changes meanwhile.')).toBeVisible();
  // also where mine waited for the drawer to be opened again
  await page.goBack();
  await expect(mine).toHaveCount(0);
  await page.goForward();
  await expect(mine.getByText('Your unsaved changes of before are still here.')).toBeVisible();
  await expect(mine.getByText('Somebody else saved other changes meanwhile.')).toBeVisible();
  await mine.getByRole('button', { name: 'Save changes' }).click();
  const conflict = page.getByRole('dialog', { name: /Somebody else changed/ });
  await expect(conflict).toContainText('Name: Inspectors');
  await expect(conflict).toContainText('Name: Auditors');
  await expect(conflict).toContainText('Function Read-only: all');
  await looks(page, 'groups-conflict');
  await conflict.getByRole('button', { name: 'Keep editing mine' }).click();

  // meanwhile it is deleted: said at once, and what was edited can still be read
  allowNoise(/404/);
  await other.getByRole('row').filter({ hasText: 'Inspectors' }).getByRole('link').click();
  await other.getByRole('button', { name: 'Delete group' }).click();
  await other.getByRole('alertdialog').getByRole('button', { name: 'Delete group' }).click();
  await expect(other.getByRole('status').filter({ hasText: 'deleted' }).first()).toBeVisible();
  const gone = page.getByRole('dialog', { name: 'Inspectors' });
  await expect(gone.getByText('This group was deleted meanwhile.')).toBeVisible();
  await expect(gone.getByRole('button', { name: 'Save changes' })).toHaveCount(0);
  await expect(gone.getByRole('checkbox', { name: 'Function Read-only' })).toBeChecked();
  await other.context().close();
  await looks(page, 'groups-gone');
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole('dialog').getByText('This group is not here')).toBeVisible();
});

test('by keyboard alone: a group, a role, two members', async ({ page, server }) => {
  await openDemo(page, server);
  await page.getByRole('tab', { name: 'Users' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const button = page.getByRole('button', { name: 'Create user group' });
  await expect(button).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search groups' }).focus();
  await page.keyboard.press('Tab');
  await expect(button).toBeFocused();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Create user group' });
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('Keyboarders');
  await page.keyboard.press('Tab');
  await expect(dialog.getByRole('checkbox').first()).toBeFocused();
  await page.keyboard.press('Space');
  await dialog.getByLabel('Name').focus();
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog', { name: 'Keyboarders' });
  await expect(drawer).toBeVisible();
  await drawer.getByRole('tab', { name: 'Roles' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(drawer.getByRole('button', { name: 'Add members' })).toBeFocused();
  await page.keyboard.press('Enter');
  const adding = page.getByRole('dialog', { name: 'Add members' });
  await expect(adding.getByRole('checkbox').first()).toBeVisible();
  await adding.getByRole('textbox', { name: 'Find in team members' }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await adding.getByRole('button', { name: 'Add 2 members' }).focus();
  await page.keyboard.press('Enter');
  await expect(drawer.getByRole('list', { name: 'Members of the group' }).getByRole('listitem')).toHaveCount(2);
  // Escape closes, and the focus is back on the list
  await page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
});

test('a plan without groups says so, and lets nobody new in', async ({ page, server }) => {
  await openDemo(page, server);
  await server.command('workspace', 'set-plan', 'acme', 'team');
  await page.goto('/w/acme/access/groups');
  await hydrated(page);
  await expect(page.getByText('The Team plan has no user groups.')).toBeVisible();
  const button = page.getByRole('button', { name: 'Create user group' });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(button).toHaveAccessibleDescription(/Business plan/);
  await looks(page, 'groups-locked');
  await page.getByRole('table').getByRole('link').first().click();
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('tab', { name: 'Members' }).click();
  await expect(drawer.getByRole('button', { name: 'Add members' })).toHaveAttribute('aria-disabled', 'true');
  await page.goto('/w/acme/access/users');
  await hydrated(page);
  await page.getByRole('table').getByRole('link').nth(3).click();
  await page.getByRole('dialog').getByRole('tab', { name: 'Groups' }).click();
  await expect(page.getByRole('dialog').getByText(/User groups need the Business plan/)).toBeVisible();
  await looks(page, 'groups-locked-member');
});
