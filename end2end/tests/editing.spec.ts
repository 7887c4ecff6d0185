// What can go wrong while somebody edits: somebody else is first, the session ends, the line breaks. Nothing typed is ever lost.
import type { Locator, Page, Route } from '@playwright/test';

import { expect, hydrated, looks, openDemo, test } from '../fixtures/index.ts';

const NILS = 'nils.wang.3@acme.test';

async function open(page: Page): Promise<Locator> {
  await page.goto(`/w/acme/access/users?q=${NILS}`);
  await hydrated(page);
  await page.getByRole('row').filter({ hasText: NILS }).getByRole('link').first().click();
  const drawer = page.getByRole('dialog', { name: 'Nils Wang' });
  await expect(drawer.getByRole('button', { name: 'Save changes' })).toBeVisible();
  return drawer;
}

/** The server gets the next request to this function, and its answer never arrives. */
async function loseAnswer(page: Page, path: string): Promise<void> {
  const lose = async (route: Route): Promise<void> => {
    await route.fetch({ headers: { ...route.request().headers(), origin: new URL(page.url()).origin } });
    await route.abort();
  };
  await page.route(`**/rpc/${path}`, lose, { times: 1 });
}

async function saved(page: Page): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: /saved/ }).first()).toBeVisible();
}

test('somebody else saved first: both sides are shown, and mine can still be kept', async ({ page, server }) => {
  await openDemo(page, server);
  const mine = await open(page);
  // begun before theirs: where nothing is being edited, a drawer follows
  await mine.getByRole('checkbox', { name: 'Function Admin' }).click();
  const other = await page.context().newPage();
  const theirs = await open(other);
  await theirs.getByRole('checkbox', { name: 'Identity Admin' }).click();
  await theirs.getByRole('button', { name: 'Save changes' }).click();
  await saved(other);

  await mine.getByRole('button', { name: 'Save changes' }).click();
  const conflict = page.getByRole('dialog', { name: /Somebody else changed Nils Wang/ });
  await expect(conflict.locator('.differs').filter({ hasText: 'Identity Admin' })).toBeVisible();
  await expect(conflict.locator('.differs').filter({ hasText: 'Function Admin' })).toBeVisible();
  await looks(page, 'conflict');

  await conflict.getByRole('button', { name: 'Keep editing mine' }).click();
  await expect(mine.getByRole('checkbox', { name: 'Function Admin' })).toBeChecked();
  await expect(mine.getByRole('checkbox', { name: 'Identity Admin' })).not.toBeChecked();
  await mine.getByRole('button', { name: 'Save changes' }).click();
  await saved(page);
  await other.close();
});

test('the session ends in mid-edit: signed in again in place, the save goes on', async ({ page, server, allowNoise }) => {
  const seeded = JSON.parse(await server.command('--json', 'seed', '--demo')) as { owner: string; password: string };
  await page.goto('/signin');
  await page.getByLabel('Email').fill(seeded.owner);
  await page.getByLabel('Password', { exact: true }).fill(seeded.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).not.toHaveURL(/signin/);
  const drawer = await open(page);
  const box = drawer.getByRole('checkbox', { name: 'Function Admin' });
  const before = await box.isChecked();
  await box.click();
  await page.context().clearCookies();

  allowNoise(/401|422/);
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  const again = page.getByRole('dialog', { name: 'Sign in again' });
  await expect(again).toBeVisible();
  await looks(page, 'sign-in-again');

  // a wrong password is refused where it was typed, and the edit behind still stands
  await again.getByLabel('Password', { exact: true }).fill('not it');
  await again.getByRole('button', { name: 'Sign in' }).click();
  await expect(again.getByText(/password/i).first()).toBeVisible();
  await expect(box).toBeChecked({ checked: !before });

  await again.getByLabel('Password', { exact: true }).fill(seeded.password);
  await again.getByRole('button', { name: 'Sign in' }).click();
  await saved(page);
  await open(page);
  await expect(page.getByRole('dialog').getByRole('checkbox', { name: 'Function Admin' })).toBeChecked({ checked: !before });
});

test('the line breaks while saving: what came of it is found out, and said where it can not be', async ({ page, context, server, allowNoise }) => {
  await openDemo(page, server);
  const drawer = await open(page);
  await drawer.getByRole('checkbox', { name: 'Function Admin' }).click();
  allowNoise(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
  await context.setOffline(true);
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await expect(drawer.getByText(/can't be reached, so it is not known whether this was saved/)).toBeVisible();
  await context.setOffline(false);
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await saved(page);

  // the server took the change and only its answer was lost: it is saved, not somebody else's
  await open(page);
  const box = drawer.getByRole('checkbox', { name: 'Identity Admin' });
  const before = await box.isChecked();
  await box.click();
  await loseAnswer(page, 'members/change_access');
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await saved(page);
  await expect(drawer).toHaveCount(0);
  await open(page);
  await expect(box).toBeChecked({ checked: !before });

  // a token whose secret nobody saw is not made a second time unawares
  await page.goto('/w/acme/access/tokens');
  await hydrated(page);
  await page.getByRole('button', { name: 'Create token' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create token' });
  await dialog.getByLabel('Name').fill('Unseen');
  await dialog.getByRole('checkbox', { name: 'Source Read-only' }).check();
  await loseAnswer(page, 'tokens/create');
  await dialog.getByRole('button', { name: 'Create token' }).click();
  await expect(dialog.getByText(/the token may have been created, with a secret that nobody saw/)).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'Unseen' })).toHaveCount(1);
});

test('closing with unsaved edits asks first; a double click saves once', async ({ page, server }) => {
  await openDemo(page, server);
  const drawer = await open(page);
  await drawer.getByRole('checkbox', { name: 'Function Admin' }).click();
  await page.keyboard.press('Escape');
  const question = page.getByRole('alertdialog', { name: 'Discard your changes?' });
  await expect(question).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(question).toHaveCount(0);

  const saves: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('change_access')) saves.push(request.url());
  });
  await drawer.getByRole('button', { name: 'Save changes' }).dblclick();
  await saved(page);
  expect(saves).toHaveLength(1);

  // an owner who would be none any more is asked first, and then has the page that a member has
  await page.goto('/w/acme/access/users?q=owner@acme.test');
  await hydrated(page);
  await page.getByRole('row').filter({ hasText: 'owner@acme.test' }).getByRole('link').first().click();
  const own = page.getByRole('dialog', { name: 'Olivia Owner' });
  await own.getByRole('radio', { name: /Workspace member/ }).click();
  await own.getByRole('button', { name: 'Save changes' }).click();
  const sure = page.getByRole('alertdialog', { name: 'Stop being an owner of Acme?' });
  await expect(sure).toBeVisible();
  await looks(page, 'step-down');
  expect(saves).toHaveLength(1);
  await sure.getByRole('button', { name: 'Become a member' }).click();
  await expect(page.getByRole('heading', { name: 'My access' })).toBeVisible();
});
