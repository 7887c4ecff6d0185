// "May they do this to that, and why?" in the drawer of a member and of a group.
import { expect, hydrated, looks, openDemo, test } from '../fixtures/index.ts';

test('a drawer says what somebody may do to a thing, and why', async ({ page, server }) => {
  await openDemo(page, server);
  await page.goto('/w/acme/access/groups');
  await hydrated(page);
  await page.getByRole('row').filter({ hasText: 'Platform' }).getByRole('link').click();
  const drawer = page.getByRole('dialog', { name: 'Platform' });
  await drawer.getByRole('tab', { name: 'Members' }).click();
  await drawer.getByRole('list', { name: 'Members of the group' }).getByRole('link').first().click();
  const member = page.getByRole('dialog');
  await expect(member.getByRole('button', { name: 'Remove from workspace' })).toBeVisible();
  await member.getByRole('tab', { name: 'Explain' }).click();
  const answer = member.getByRole('status').filter({ hasText: /Choose|Allowed|Denied/ });
  await expect(answer).toContainText('Choose what it is about.');
  await member.getByLabel('Action').selectOption('edit');
  await member.getByRole('textbox', { name: 'Find in sources' }).fill('dev-site');
  await member.getByRole('radio', { name: 'dev-site', exact: true }).check();
  await expect(answer).toContainText('Allowed: Source Admin on environment:dev, through the group Platform');
  await looks(page, 'explain');
  await member.getByLabel('Action').selectOption('create');
  await expect(answer).toContainText(/^Denied: .*Source Admin/);
  // what they see themselves, without acting as them
  await member.getByRole('button', { name: 'Preview as this member' }).click();
  const seen = page.getByRole('dialog', { name: /^What .* sees$/ });
  await expect(seen.getByRole('region', { name: 'Effective access' })).toContainText('environment:dev');
  await expect(seen.getByRole('region', { name: 'Resources', exact: true })).toContainText('dev-site');
  await looks(page, 'preview-as');
  await seen.getByRole('button', { name: 'Done' }).click();
  // another type, another list of things and verbs
  await member.getByLabel('Type').selectOption('warehouse');
  await expect(member.getByRole('textbox', { name: 'Find in warehouses' })).toBeVisible();
  await expect(member.getByLabel('Action')).toHaveValue('read');
});
