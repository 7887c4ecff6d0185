// The access map: from groups and types down to one member and one thing, and why.
import { expect, hydrated, looks, openDemo, test } from '../fixtures/index.ts';

test('from afar to one cell, and why', async ({ page, server }) => {
  test.slow();
  await openDemo(page, server);
  await page.getByRole('link', { name: 'Access map' }).click();
  const map = page.getByRole('region', { name: 'Who reaches what' });
  await expect(map.getByRole('rowheader')).toHaveCount(6);
  const platform = map.getByRole('row').filter({ hasText: 'Platform' });
  await expect(platform.getByRole('cell').filter({ hasText: /edit, \d+ of \d+/ }).first()).toBeVisible();
  await expect(page.getByText('Rows 1–6 of 6')).toBeVisible();
  await looks(page, 'map-afar');
  // types without things come last
  await expect(map.getByRole('columnheader').last().locator('small')).toHaveText('0');

  // a cell leads to the same row by the things of its column
  await platform.getByRole('link', { name: /^Look nearer: Platform, sources, edit/ }).click();
  await expect(map.getByRole('rowheader')).toHaveText([/^Platform/]);
  await expect(map.getByRole('columnheader').filter({ hasText: 'dev-site' })).toBeVisible();
  await page.goBack();
  await expect(map.getByRole('rowheader')).toHaveCount(6);

  // nearer: the members of a group, the sources
  await platform.getByRole('rowheader').getByRole('link').click();
  await expect(page.getByText('Members of Platform')).toBeVisible();
  await map.getByRole('columnheader').filter({ hasText: 'Sources' }).getByRole('link').click();
  await expect(map.getByRole('columnheader').filter({ hasText: 'dev-site' })).toBeVisible();
  await looks(page, 'map-near');

  // nearest: one cell
  const cell = map.getByRole('button', { name: /dev-site, edit$/ }).first();
  await cell.focus();
  await page.keyboard.press('Enter');
  const why = page.getByRole('dialog');
  await expect(why).toContainText(/Allowed: .*environment:dev, through the group Platform/);
  await looks(page, 'map-why');
  await why.getByRole('button', { name: 'Done' }).click();

  // and back
  await page.getByRole('link', { name: 'Look from afar' }).first().click();
  await expect(page.getByText('Members of Platform')).toHaveCount(0);
  await page.getByRole('link', { name: 'Look from afar' }).click();
  await expect(map.getByRole('columnheader').filter({ hasText: 'Sources' })).toBeVisible();
  await expect(map.getByRole('rowheader')).toHaveCount(6);

  // by the values of a key, and the things that bear one, of whatever type
  const columns = page.getByRole('navigation', { name: 'Columns' });
  await columns.getByRole('link', { name: 'environment' }).click();
  await expect(map.getByRole('columnheader')).toHaveText([/^dev/, /^prod/, /^no environment/]);
  await expect(platform.getByRole('cell').filter({ hasText: /edit, \d+ of \d+/ }).first()).toBeVisible();
  await looks(page, 'map-by-label');
  await map.getByRole('columnheader').filter({ hasText: 'prod' }).getByRole('link').click();
  await expect(page.getByText('Only environment:prod')).toBeVisible();
  for (const name of ['Website', 'Finance warehouse']) await expect(map.getByRole('columnheader').filter({ hasText: name })).toBeVisible();
  await expect(page.getByText(/^Columns 1–(\d+) of \1$/)).toBeVisible();
  await page.getByRole('link', { name: 'Look from afar' }).click();
  await expect(map.getByRole('columnheader')).toHaveText([/^dev/, /^prod/, /^no environment/]);
  await columns.getByRole('link', { name: 'Types' }).click();
  await expect(map.getByRole('columnheader').filter({ hasText: 'Sources' })).toBeVisible();

  // all members in bands, and the members from one on
  await page.getByRole('link', { name: 'All members at once' }).click();
  await expect(map.getByRole('rowheader')).toHaveCount(4);
  await expect(map.getByRole('cell').filter({ hasText: /\d+ of 10 members/ }).first()).toBeVisible();
  await map.getByRole('rowheader').nth(1).getByRole('link').click();
  await expect(page.getByText('Rows 11–40 of 40')).toBeVisible();

  await page.getByRole('link', { name: 'Members', exact: true }).click();
  await expect(map.getByRole('rowheader').first()).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search rows' }).fill('nobody at all');
  await expect(page.getByRole('heading', { name: 'No row matches' })).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole('heading', { name: 'No row matches' })).toBeVisible();
  // every space bears the key
  await page.goto('/w/acme/map?filter=type:space&filter=label:environment:');
  await expect(page.getByRole('heading', { name: 'Everything bears this key' })).toBeVisible();
});
