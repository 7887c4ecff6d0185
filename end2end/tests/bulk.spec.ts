// Many users at once: picked across pages, what would change is said first, it is done as one, and taken back.
import type { Locator, Page } from '@playwright/test';

import { expect, hydrated, looks, openDemo, signIn, test } from '../fixtures/index.ts';

const members = (page: Page): Locator => page.locator('tbody').getByRole('row').filter({ hasText: 'Active' });

async function told(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: text }).first()).toBeVisible();
}

test('a few are picked, given a role, and it is taken back', async ({ page, server }) => {
  test.slow();
  await openDemo(page, server);
  const rows = members(page).filter({ hasNotText: 'Owner' });
  const first = rows.nth(0);
  const name = (await first.locator('.who-name').innerText()).trim();
  await first.getByRole('checkbox', { name: `Select ${name}` }).check();
  await rows.nth(1).getByRole('checkbox').check();
  const bar = page.getByRole('region', { name: 'Selection' });
  await expect(bar).toContainText('2 users selected');
  await expect(bar.getByRole('button', { name: /^Select all \d+ that match$/ })).toBeVisible();
  await looks(page, 'bulk-picked');

  await bar.getByRole('button', { name: 'Give roles' }).click();
  const dialog = page.getByRole('dialog', { name: 'Give roles' });
  await expect(dialog.getByRole('button', { name: 'Give roles' })).toHaveAccessibleDescription(/choose a role first/i);
  await dialog.getByRole('checkbox', { name: 'Tracking Plan Admin' }).check();
  await expect(dialog.getByRole('status')).toContainText('2 members will be given Tracking Plan Admin');
  await expect(dialog.getByRole('status')).toContainText('It can be undone for ten minutes');
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog', { name: 'Discard what you entered?' }).getByRole('button', { name: 'Keep editing' }).click();
  await looks(page, 'bulk-roles');
  await dialog.getByRole('button', { name: 'Give roles' }).click();
  await told(page, 'Tracking Plan Admin given to 2 members.');
  await expect(bar).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Users', exact: true })).toBeFocused();
  await expect(page.getByRole('row').filter({ hasText: 'Tracking Plan Admin' }).filter({ hasText: name })).toHaveCount(1);

  // after a reload it can still be taken back
  await page.reload();
  await hydrated(page);
  const banner = page.locator('.banner').filter({ hasText: 'Tracking Plan Admin given to 2 members' });
  await expect(banner).toContainText('Undo ends');
  await looks(page, 'bulk-undo');
  await banner.getByRole('button', { name: 'Undo' }).click();
  await told(page, 'Taken back for 2 users.');
  await expect(banner).toHaveCount(0);
  await expect(page.getByRole('row').filter({ hasText: 'Tracking Plan Admin' }).filter({ hasText: name })).toHaveCount(0);

  // the trail tells each of them
  await page.goto('/w/acme/audit');
  await hydrated(page);
  await expect(page.locator('.entry').filter({ hasText: name })).toHaveCount(2);

  // and which of them are parts of one change
  const part = page.locator('.entry').filter({ hasText: name }).first();
  await part.locator('summary').click();
  await expect(part.locator('.entry-facts')).toContainText('Operation');
  await part.getByRole('link', { name: 'All of this change' }).click();
  await expect(page.locator('.trail-narrowed')).toContainText('Parts of one change');
  await expect(page).toHaveURL(/filter=operation%3A/);
  await expect(page.locator('.entry')).toHaveCount(2);
});

test('all that match on every page join a group, and who was changed since stays', async ({ page, server }) => {
  test.slow();
  const seeded: { slug: string; owner: string; password: string } = JSON.parse(
    await server.command('--json', 'seed', '--members', '130', '--groups', '4', '--resources', '20'),
  );
  await signIn(page, seeded.owner, seeded.password);
  await page.goto(`/w/${seeded.slug}/access/users?filter=permission%3Amember`);
  await hydrated(page);
  const bar = page.getByRole('region', { name: 'Selection' });

  // what one change can't take is not offered
  await page.route('**/rpc/bulk/count', (route) => route.fulfill({ json: 10_001 }));
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  await expect(bar).toContainText('10,001 match, and 10,000 are the most for one change');
  await expect(bar.getByRole('button', { name: /^Select all/ })).toHaveCount(0);
  await page.unroute('**/rpc/bulk/count');
  await page.reload();
  await hydrated(page);

  // picked by hand, on two pages
  const first = members(page).nth(0).getByRole('checkbox');
  await first.check();
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(first).not.toBeChecked();
  await first.check();
  await members(page).nth(1).getByRole('checkbox').check();
  await expect(bar).toContainText('3 users selected');
  await page.getByRole('link', { name: 'Previous' }).click();
  await expect(members(page).getByRole('checkbox', { checked: true })).toHaveCount(1);
  await bar.getByRole('button', { name: 'Give roles' }).click();
  const giving = page.getByRole('dialog', { name: 'Give roles' });
  await giving.getByRole('checkbox', { name: 'Tracking Plan Admin' }).check();
  await expect(giving.getByRole('status')).toContainText('3 members will be given Tracking Plan Admin');
  await giving.getByRole('button', { name: 'Give roles' }).click();
  await told(page, 'Tracking Plan Admin given to 3 members.');

  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  await expect(bar).toContainText('50 users selected');
  const all = bar.getByRole('button', { name: /^Select all 1\d\d that match$/ });
  const count = Number(/\d+/.exec(await all.innerText())?.[0]);
  await all.click();
  await expect(bar).toContainText(`All ${count} that match are selected`);
  await expect(bar.getByRole('button', { name: 'Clear selection' })).toBeFocused();
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page.getByRole('checkbox', { name: 'Select all on this page' })).toBeChecked();

  await bar.getByRole('button', { name: 'Add to groups' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add to groups' });
  const group = await dialog.locator('label.check b').first().innerText();
  // what it would change is being worked out: said at once
  let asked = false;
  await page.route('**/rpc/bulk/preview', async (route) => {
    await expect(dialog.getByRole('status')).toContainText('Working out what would change');
    asked = true;
    await route.continue();
  });
  await expect(dialog.getByRole('status')).toContainText('Choose a group first');
  await dialog.getByRole('checkbox').first().check();
  await expect(dialog.getByRole('status')).toContainText(`members will be added to ${group}`);
  expect(asked).toBe(true);
  await page.unroute('**/rpc/bulk/preview');
  await looks(page, 'bulk-groups');
  // while it is being done, the dialog says so and of how many, and how far it is
  let waited = false;
  let far: { stage: string; done: number; of: number } | null = null;
  await page.route('**/rpc/bulk/progress', (route) => route.fulfill({ json: far }));
  await page.route(
    '**/rpc/bulk/apply',
    async (route) => {
      const shown = dialog.getByRole('status').getByRole('progressbar');
      await expect(shown).toHaveAccessibleName(/^Changing \d+ users…$/);
      await expect(shown).not.toHaveAttribute('value');
      far = { stage: 'recording', done: 50, of: 100 };
      await expect(shown).toHaveAccessibleName('Writing 100 entries of the audit trail…');
      await expect(shown).toHaveAttribute('value', '83');
      waited = true;
      await route.continue();
    },
    { times: 1 },
  );
  await dialog.getByRole('button', { name: 'Add to groups' }).click();
  await told(page, /members added to/);
  expect(waited).toBe(true);
  await page.unroute('**/rpc/bulk/progress');

  // who is picked stays picked while one searches for others; all that match are others then
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  const search = page.getByRole('searchbox', { name: 'Search users' });
  await search.fill('a');
  await expect(page).toHaveURL(/q=a/);
  await expect(bar).toContainText('50 users selected, not all of them in this list');
  await bar.getByRole('button', { name: /^Select all/ }).click();
  await search.fill('e');
  await expect(page).toHaveURL(/q=e/);
  await expect(bar).toHaveCount(0);

  await page.locator('.banner').filter({ hasText: 'added to' }).getByRole('button', { name: 'Undo' }).click();
  await told(page, /Taken back for \d+ users\./);
});

test('members are removed, invites revoked and sent again; who does it stays', async ({ page, server, allowNoise }) => {
  test.slow();
  await openDemo(page, server);
  await page.goto('/w/acme/access/users?q=o');
  await hydrated(page);
  // one of them is open elsewhere: said to be gone, and there again once that is taken back
  allowNoise(/404/);
  const href = await members(page).filter({ hasNotText: 'Owner' }).first().getByRole('link').first().getAttribute('href');
  const other = await page.context().newPage();
  await other.goto(href!);
  await hydrated(other);
  const drawer = other.getByRole('dialog');
  const save = drawer.getByRole('button', { name: 'Save changes' });
  await expect(save).toBeVisible();
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  const bar = page.getByRole('region', { name: 'Selection' });
  await bar.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Remove from workspace' }).click();
  const question = page.getByRole('alertdialog', { name: 'Remove from workspace?' });
  await expect(question).toContainText(/lose all access/);
  await expect(question).toContainText('that is you');
  await looks(page, 'bulk-remove');
  await question.getByRole('button', { name: 'Remove from workspace' }).click();
  await told(page, /removed from the workspace\./);
  await expect(drawer.getByText('This member was removed meanwhile.')).toBeVisible();
  await expect(save).toHaveCount(0);

  await page.goto('/w/acme/access/users?filter=status%3Ainvited&filter=status%3Aexpired');
  await hydrated(page);
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  await bar.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Resend invites' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Resend invites' }).click();
  await told(page, /Done for \d+ users\./);
  await expect(page.locator('tbody').getByRole('row').filter({ hasText: 'Expired' })).toHaveCount(0);
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  await bar.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Revoke invites' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke invites' }).click();
  await told(page, /invites revoked\./);
  await expect(page.getByRole('heading', { name: 'No user matches' })).toBeVisible();

  // what was done before the newest can be taken back as well
  await expect(page.locator('.banner').filter({ hasText: 'invites revoked' }).getByRole('button', { name: 'Undo' })).toBeVisible();
  await looks(page, 'bulk-earlier');
  const earlier = page.getByRole('list', { name: 'Earlier changes' });
  await earlier.getByRole('button', { name: /^Undo: .*removed from the workspace$/ }).click();
  await told(page, /Taken back for .* don't come back\./);
  await expect(earlier).toHaveCount(0);
  await expect(save).toBeVisible();
  await other.close();
});

test('by keyboard alone: roles of two end on a day, and a role is taken away', async ({ page, server, allowNoise }) => {
  // a day that is over is refused
  allowNoise(/422/);
  await openDemo(page, server);
  await page.goto('/w/acme/access/users?filter=role%3Asource_admin&filter=permission%3Amember');
  await hydrated(page);
  const all = page.getByRole('checkbox', { name: 'Select all on this page' });
  await all.focus();
  await page.keyboard.press('Space');
  const bar = page.getByRole('region', { name: 'Selection' });
  // what is picked is let go of, and picked again
  await bar.getByRole('button', { name: 'Clear selection' }).focus();
  await page.keyboard.press('Enter');
  await expect(bar).toHaveCount(0);
  await expect(all).toBeFocused();
  await page.keyboard.press('Space');
  await bar.getByRole('button', { name: 'More' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('button', { name: 'Set when roles end' })).toBeFocused();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Set when roles end' });
  await dialog.getByLabel('Ends').fill('2001-01-01T10:00');
  await expect(dialog).toContainText('The expiry lies in the past');
  await dialog.getByLabel('Ends').fill('2099-01-01T10:00');
  await expect(dialog.getByRole('status')).toContainText(/roles that will end then/);
  await looks(page, 'bulk-ends');
  await page.keyboard.press('Enter');
  await told(page, /Expiry set for \d+ members?\./);

  await all.focus();
  await page.keyboard.press('Space');
  await bar.getByRole('button', { name: 'More' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Take a role away' }).focus();
  await page.keyboard.press('Enter');
  const taking = page.getByRole('dialog', { name: 'Take a role away' });
  await taking.getByLabel('Role').selectOption({ label: 'Source Admin' });
  await expect(taking.getByRole('status')).toContainText(/loses? Source Admin/);
  await taking.getByRole('button', { name: 'Take away' }).focus();
  await page.keyboard.press('Enter');
  await told(page, /Source Admin taken from \d+ members?\./);
  await expect(page.getByRole('heading', { name: 'No user matches' })).toBeVisible();

  // how long it can be undone is true as time goes, and what can't be undone any more is not offered
  await page.clock.install();
  await page.reload();
  await hydrated(page);
  const banner = page.locator('.banner').filter({ hasText: 'Undo ends' });
  await expect(banner).toContainText(/in (9|10) min/);
  await page.clock.fastForward('03:00');
  await expect(banner).toContainText(/in [67] min/);
  // over by this clock, not by the server's: asked again until that is over too
  const asked = page.waitForResponse('**/rpc/bulk/latest');
  await page.clock.fastForward('08:00');
  await asked;
  await expect(banner).toBeVisible();
  await page.route('**/rpc/bulk/latest', (route) => route.fulfill({ json: [] }));
  await expect(async () => {
    await page.clock.fastForward('00:06');
    await expect(banner).toHaveCount(0, { timeout: 500 });
  }).toPass();
});
