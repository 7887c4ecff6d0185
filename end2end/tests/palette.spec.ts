// The command palette: by keyboard alone and by mouse, for owners and members, with what was last jumped to.
import { expect, hydrated, looks, openDemo, PASSWORD, signUp, test } from '../fixtures/index.ts';

const OPEN = 'Control+k';

test('by keyboard alone an owner finds a member, comes back to them, and does something', async ({ page, server }) => {
  await openDemo(page, server);
  await page.keyboard.press(OPEN);
  const palette = page.getByRole('dialog', { name: 'Search or jump to' });
  const box = palette.getByRole('combobox', { name: 'Search or jump to' });
  await expect(box).toBeFocused();
  const options = palette.getByRole('option');
  // nothing was jumped to yet: what can be done, and where one can go
  await expect(palette.getByRole('group', { name: 'Actions' }).getByRole('option')).toHaveText([
    'Invite team member',
    'Create user group',
    'Create token',
    'Create resource',
    'Create label',
    'Add connectionSingle sign-on',
    'Sign out',
  ]);
  await expect(palette.getByRole('group', { name: 'Pages' })).toContainText('Audit trail');
  await expect(palette.getByRole('group', { name: 'Recent' })).toHaveCount(0);
  await looks(page, 'palette');

  // arrows go round, Home and End go to the ends
  const chosen = palette.locator('[role="option"][aria-selected="true"]');
  await expect(chosen).toHaveText('Invite team member');
  await page.keyboard.press('ArrowUp');
  await expect(chosen).toHaveText('All workspaces');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(chosen).toHaveText('Create user group');
  await page.keyboard.press('End');
  await expect(chosen).toHaveText('All workspaces');
  await page.keyboard.press('Home');
  await expect(chosen).toHaveText('Invite team member');
  await expect(box).toHaveAttribute('aria-activedescendant', (await chosen.getAttribute('id'))!);

  // an address, a part of it
  const name = await page.getByRole('table', { name: 'Users' }).locator('.who-name').filter({ hasNotText: '@' }).nth(3).innerText();
  await page.keyboard.type(name.toLowerCase());
  await expect(palette.getByRole('group', { name: 'Users' }).getByRole('option').first()).toContainText(name);
  await looks(page, 'palette-found');
  await page.keyboard.press('Enter');
  await expect(palette).toHaveCount(0);
  await expect(page).toHaveURL(/\/access\/users\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('dialog', { name })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  // it is there again without a letter
  await page.keyboard.press(OPEN);
  await expect(palette.getByRole('group', { name: 'Recent' }).getByRole('option').first()).toContainText(name);
  await expect(chosen).toContainText(name);
  await page.keyboard.type('create lab');
  await expect(options).toHaveText(['Create label']);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Create label' })).toBeVisible();
  await expect(page).toHaveURL(/\/w\/acme\/labels$/);
  // what is being asked is answered first
  await page.keyboard.press(OPEN);
  await expect(palette).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press(OPEN);
  await expect(palette).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(palette).toHaveCount(0);
});

for (const [typed, list, dialog] of [
  ['invite team', 'access/users', /Invite/],
  ['create user group', 'access/groups', /Create user group|New user group/],
  ['create token', 'access/tokens', /Create token|New token/],
  ['create resource', 'resources', /Create resource|New resource/],
] as const) {
  test(`${typed}: the dialog opens on its page, from elsewhere and from there`, async ({ page, server }) => {
    await openDemo(page, server);
    await page.goto('/w/acme/roles');
    await hydrated(page);
    await page.keyboard.press(OPEN);
    await page.getByRole('combobox', { name: 'Search or jump to' }).fill(typed);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog', { name: dialog })).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`/w/acme/${list}$`));
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    // and once more where one is already
    await page.keyboard.press(OPEN);
    await page.getByRole('combobox', { name: 'Search or jump to' }).fill(typed);
    await page.keyboard.press('Enter');
    // what is typed in it is not lost by a stray key
    await page.getByRole('dialog', { name: dialog }).getByRole('textbox').first().fill('x');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('alertdialog', { name: /^Discard/ })).toBeVisible();
  });
}

test('by mouse: groups, tokens and resources are found, and nothing is said to be nothing', async ({ page, server }) => {
  await openDemo(page, server);
  await page.getByRole('button', { name: 'Search or jump to' }).click();
  const palette = page.getByRole('dialog', { name: 'Search or jump to' });
  const box = palette.getByRole('combobox');
  await box.fill('website');
  await palette.getByRole('group', { name: 'Resources' }).getByRole('option').first().click();
  await expect(page.getByRole('dialog', { name: /Website/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Search or jump to' }).click();
  await box.fill('platform');
  await expect(palette.getByRole('group', { name: 'User groups' }).getByRole('option')).toContainText('Platform');
  await box.fill('source admin');
  await palette.getByRole('group', { name: 'Roles' }).getByRole('option').click();
  await expect(page.getByRole('dialog', { name: 'Source Admin' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Search or jump to' }).click();
  await box.fill('no such thing anywhere');
  await expect(palette.getByText('Nothing matches “no such thing anywhere”')).toBeVisible();
  await expect(palette.getByRole('listbox')).toHaveCount(0);
  await looks(page, 'palette-nothing');
  await page.mouse.click(20, 700);
  await expect(palette).toHaveCount(0);
});

test('on a small screen it opens from the top bar', async ({ page, server }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await openDemo(page, server);
  await page.getByRole('banner').getByRole('button', { name: 'Search or jump to' }).click();
  await page.getByRole('combobox', { name: 'Search or jump to' }).fill('settings');
  await page.getByRole('option', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
});

test('the line is down: said so, and what was typed stays', async ({ page, server, allowNoise }) => {
  allowNoise(/palette|Failed to load/);
  await openDemo(page, server);
  await page.keyboard.press(OPEN);
  const palette = page.getByRole('dialog', { name: 'Search or jump to' });
  await expect(palette).toBeVisible();
  await page.route('**/rpc/palette/find', (route) => route.abort());
  await palette.getByRole('combobox').fill('owne');
  await expect(palette.getByRole('alert')).toContainText("can't be reached");
  await page.unroute('**/rpc/palette/find');
  await palette.getByRole('combobox').fill('owner');
  await expect(palette.getByRole('group', { name: 'Users' })).toBeVisible();
  await expect(palette.getByRole('alert')).toHaveCount(0);
  // while an answer is waited for, what was found before and no longer fits can't be opened
  await page.route('**/rpc/palette/find', () => undefined);
  await palette.getByRole('combobox').fill('owner of nothing');
  await expect(palette.getByRole('group', { name: 'Users' })).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(palette).toBeVisible();
});

test('a member finds their pages and no one else; signing out forgets what was jumped to', async ({ page, browser, mailbox, server, baseURL }) => {
  await openDemo(page, server);
  await page.getByRole('button', { name: 'Invite team member' }).click();
  await page.getByRole('dialog').getByLabel('Email addresses').fill('dora@dee.test');
  await page.getByRole('dialog').getByRole('button', { name: 'Send invites' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  const dora = await (await browser.newContext({ baseURL: baseURL! })).newPage();
  await signUp(dora, 'Dora Dee', 'dora@dee.test', 'Dee');
  await dora.goto((await mailbox.waitFor('dora@dee.test')).links.find((link) => link.includes('/invites/'))!);
  await hydrated(dora);
  await dora.getByRole('button', { name: 'Accept invite' }).click();
  await expect(dora.getByRole('heading', { name: 'My access', level: 1 })).toBeVisible();
  await dora.keyboard.press(OPEN);
  const palette = dora.getByRole('dialog', { name: 'Search or jump to' });
  await expect(palette.getByRole('option')).toHaveText([/Sign out/, /My access/, /Resources/, /Roles/, /Account/, /All workspaces/]);
  await looks(dora, 'palette-member');
  await palette.getByRole('combobox').fill('owner@acme.test');
  await expect(palette.getByText('Nothing matches “owner@acme.test”')).toBeVisible();
  await palette.getByRole('combobox').fill('roles');
  await dora.keyboard.press('Enter');
  await expect(dora.getByRole('heading', { name: 'Roles', level: 1 })).toBeVisible();
  const kept = () => dora.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('rolecall.recent.')).length);
  expect(await kept()).toBe(1);
  await dora.keyboard.press(OPEN);
  await palette.getByRole('combobox').fill('sign out');
  await dora.keyboard.press('Enter');
  await expect(dora).toHaveURL(/\/signin/);
  await expect.poll(kept).toBe(0);
  await dora.getByLabel('Email').fill('dora@dee.test');
  await dora.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await dora.getByRole('button', { name: 'Sign in' }).click();
  await expect(dora).not.toHaveURL(/signin/);
});
