// A workspace that is too large to be held in a browser: the same drawer and filters, by search and by the server's preview.
import { expect, hydrated, looks, signIn, test } from '../fixtures/index.ts';

test('access is edited where groups and resources are searched for on the server', async ({ page, server, allowNoise }) => {
  // the line that is down for a moment
  allowNoise(/members\/preview|Failed to load/);
  const sizes = ['--members', '120', '--groups', '260', '--resources', '2400'];
  const seeded: { slug: string; owner: string; password: string } = JSON.parse(await server.command('--json', 'seed', ...sizes));
  await signIn(page, seeded.owner, seeded.password);
  await page.goto(`/w/${seeded.slug}/access/users`);
  await hydrated(page);

  // the filter finds a group by its name, and the list is narrowed by it
  await page.getByRole('button', { name: 'Group', exact: true }).click();
  const groups = page.getByRole('group', { name: 'Group' });
  await groups.getByRole('textbox', { name: 'Find in group' }).fill('259');
  await expect(groups.getByRole('checkbox')).toHaveCount(1);
  const group = (await groups.locator('label').innerText()).trim();
  expect(group).toContain('259');
  await groups.getByRole('checkbox').check();
  await expect(page).toHaveURL(/filter=group/);
  await page.keyboard.press('Escape');
  await expect(page.locator('table[aria-busy="true"]')).toHaveCount(0);
  for (const row of await page.locator('tbody').getByRole('row').all()) {
    await expect(row).toContainText(/259|and \d+ more/);
  }

  // after a reload the chosen group still has its name
  await page.reload();
  await hydrated(page);
  await page.getByRole('button', { name: /^Group/ }).click();
  await expect(groups.getByRole('checkbox', { name: group })).toBeChecked();
  await looks(page, 'large-filter');
  await page.goto(`/w/${seeded.slug}/access/users`);
  await hydrated(page);

  // the drawer: one named resource by search, one group by search, and what that reaches
  await page.getByRole('row').filter({ hasText: '@load-' }).filter({ hasNotText: seeded.owner }).first().getByRole('link').first().click();
  const drawer = page.getByRole('dialog');
  const effect = drawer.getByRole('region', { name: 'Effective access' });
  const admin = drawer.getByRole('checkbox', { name: 'Function Admin' });
  if (await admin.isChecked()) await admin.uncheck();
  await admin.check();
  await drawer.getByRole('button', { name: /Choose scope for Function Admin/ }).click();
  await drawer.getByRole('radio', { name: 'Only these' }).last().check();
  const functions = drawer.getByRole('group', { name: 'Functions' });
  await expect(functions.getByRole('checkbox').first()).toBeVisible();
  const all = await functions.getByRole('checkbox').count();
  const wanted = (await functions.locator('label b').nth(3).innerText()).trim();
  await functions.getByRole('textbox', { name: 'Find in functions' }).fill(wanted);
  await expect(functions.getByRole('checkbox', { name: wanted, exact: true })).toBeVisible();
  await expect.poll(() => functions.getByRole('checkbox').count()).toBeLessThan(all);
  await functions.getByRole('checkbox', { name: wanted, exact: true }).check();
  await expect(effect).toContainText(/1 function/);

  // what was reached before is not shown as if it were true where the server can't be asked
  await page.route('**/rpc/members/preview', (route) => route.abort());
  await functions.getByRole('checkbox', { name: wanted, exact: true }).uncheck();
  await expect(effect).toContainText('could not be worked out');
  await page.unroute('**/rpc/members/preview');
  await effect.getByRole('button', { name: 'Try again' }).click();
  await expect(effect).not.toContainText('could not be worked out');
  await expect(effect).toBeFocused();
  await functions.getByRole('checkbox', { name: wanted, exact: true }).check();
  await expect(effect).toContainText(/1 function/);
  await drawer.getByRole('tab', { name: /Groups/ }).click();
  await drawer.getByRole('textbox', { name: 'Find in user groups' }).fill('17');
  const found = drawer.getByRole('group', { name: 'User groups' }).getByRole('checkbox');
  await expect(found.first()).toBeVisible();
  await looks(page, 'large-groups');
  await drawer.getByRole('tab', { name: 'Roles' }).click();
  await looks(page, 'large-drawer');
  const place = page.url();
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByRole('status').filter({ hasText: /saved/ }).first()).toBeVisible();

  // opened again: what was chosen is there by its name, wherever it stands in the order
  await page.goto(place);
  await hydrated(page);
  await drawer.getByRole('button', { name: /Choose scope for Function Admin/ }).click();
  await expect(functions.getByRole('checkbox', { name: wanted, exact: true })).toBeChecked();
});
