// Resources and labels: made, renamed, labelled many at once, deleted when nothing uses them; and by a member what is theirs.
import type { Browser, Locator, Page } from '@playwright/test';

import { expect, hydrated, looks, openDemo, PASSWORD, test } from '../fixtures/index.ts';
import type { Mailbox } from '../fixtures/mailbox.ts';

async function go(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await hydrated(page);
  await expect(page.locator('table[aria-busy="true"]')).toHaveCount(0);
}

function row(page: Page, text: string): Locator {
  return page.getByRole('row').filter({ hasText: text });
}

async function told(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: text }).first()).toBeVisible();
}

/** A member with one role on one source, in a browser of their own. */
async function member(page: Page, browser: Browser, mailbox: Mailbox, baseURL: string, email: string, role: string, source: string): Promise<Page> {
  await go(page, '/w/acme/access/users');
  await page.getByRole('button', { name: 'Invite team member' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Email addresses').fill(email);
  await dialog.getByRole('checkbox', { name: role, exact: true }).check();
  await dialog.getByRole('button', { name: `Choose scope for ${role}` }).click();
  await dialog.getByRole('radio', { name: 'Only these' }).check();
  await dialog.getByRole('checkbox', { name: source, exact: true }).check();
  await dialog.getByRole('button', { name: 'Send invites' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  const link = (await mailbox.waitFor(email)).links.find((link) => link.includes('/invites/'));
  const theirs = await (await browser.newContext({ baseURL })).newPage();
  await theirs.goto(link!);
  await hydrated(theirs);
  await theirs.getByLabel('Name').fill('Mina Member');
  await theirs.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await theirs.getByRole('button', { name: /Create account|Join|Accept/ }).click();
  await expect(theirs).toHaveURL(/\/w\/acme\//);
  return theirs;
}

test('resources are found by type, text and label', async ({ page, server }) => {
  await openDemo(page, server);
  await page.getByRole('link', { name: 'Resources' }).click();
  await expect(page.getByRole('heading', { name: 'Resources', level: 1 })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'environment' })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'region' })).toBeVisible();
  await expect(page.getByText('1–30 of 30')).toBeVisible();
  await looks(page, 'resources');

  const types = page.getByRole('navigation', { name: 'Types' });
  await types.getByRole('link', { name: 'Warehouses 3' }).click();
  await expect(page).toHaveURL(/filter=type%3Awarehouse/);
  await expect(page.getByRole('row')).toHaveCount(4);
  await types.getByRole('link', { name: 'All 30' }).click();
  await page.getByRole('button', { name: 'Label' }).click();
  await page.getByRole('checkbox', { name: 'region:emea' }).check();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('row')).toHaveCount(5);
  await expect(row(page, 'Support desk')).toBeVisible();
  await expect(page.getByText('1–4 of 4')).toBeVisible();

  // what is typed is taken as it stands
  for (const [text, count] of [['%', 0], ['_', 0], ["'", 0], ['"', 0], ['🚀', 0], ['DEV-', 4]] as const) {
    await go(page, `/w/acme/resources?q=${encodeURIComponent(text)}`);
    if (count === 0) await expect(page.getByText('No resource matches')).toBeVisible();
    else await expect(page.getByRole('row')).toHaveCount(count + 1);
  }
  await go(page, '/w/acme/resources?q=%25');
  await looks(page, 'resources-no-match');
  await page.getByRole('link', { name: 'Clear search and filters' }).click();
  await expect(page.getByText('1–30 of 30')).toBeVisible();

  // a card of a small screen tells the type, too
  await page.setViewportSize({ width: 390, height: 800 });
  await expect(page.getByRole('cell', { name: /^sources?$/i }).first()).toBeVisible();
});

test('a resource is created, renamed and deleted, and what is in use stays', async ({ page, server, allowNoise }) => {
  allowNoise(/4(09|22|04)/);
  await openDemo(page, server);
  await go(page, '/w/acme/resources');
  await page.getByRole('button', { name: 'Create resource' }).click();
  let dialog = page.getByRole('dialog', { name: 'Create resource' });
  await dialog.getByLabel('Type').selectOption('destination');
  await dialog.getByLabel('Name').fill('x'.repeat(201));
  await dialog.getByRole('button', { name: 'Create resource' }).click();
  await expect(dialog.getByText(/has 201 characters; use at most 200/)).toBeVisible();
  await dialog.getByLabel('Name').fill('Website to mail');
  await expect(dialog.getByLabel('Id', { exact: true })).toHaveValue('website-to-mail');
  await dialog.getByLabel('Id', { exact: true }).fill('website-to-ads');
  await dialog.getByLabel('Find sources').fill('websi');
  await dialog.getByRole('radio', { name: 'Website' }).check();
  await dialog.getByRole('button', { name: 'Create resource' }).click();
  await expect(dialog.getByText('Another destination has the id “website-to-ads” already; choose another.')).toBeVisible();
  await expect(dialog.getByLabel('Name')).toHaveValue('Website to mail');
  await looks(page, 'resource-create');
  await dialog.getByLabel('Id', { exact: true }).fill('website-to-mail');
  await dialog.getByRole('button', { name: 'Create resource' }).click();
  await told(page, 'Website to mail created.');

  // its drawer opens: renamed there, which a label put on meanwhile does not hinder
  let drawer = page.getByRole('dialog', { name: 'Website to mail' });
  await expect(drawer.getByRole('radio', { name: 'Website' })).toBeChecked();
  await drawer.getByLabel('Name', { exact: true }).fill('Website to letters');
  // what was typed waits where one goes back in history, and comes back
  await page.goBack();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.goForward();
  await expect(drawer.getByText('Your unsaved changes of before are still here.')).toBeVisible();
  await expect(drawer.getByLabel('Name', { exact: true })).toHaveValue('Website to letters');
  await drawer.getByLabel('Put a label on').selectOption('environment:dev');
  await drawer.getByRole('button', { name: 'Put on' }).click();
  await told(page, 'environment:dev put on.');
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await told(page, 'Website to letters saved.');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(row(page, 'Website to letters')).toContainText('Website');

  // what something hangs on, or a grant names, stays and says why
  await page.getByRole('link', { name: 'Website', exact: true }).click();
  drawer = page.getByRole('dialog', { name: 'Website' });
  await expect(drawer.getByRole('region', { name: 'Hang on it' })).toContainText('Website to letters');
  await expect(drawer.getByRole('region', { name: 'Given by name' })).toContainText('CI deploys');
  // everybody who can reach it, and why
  const reachers = drawer.getByRole('list', { name: 'Who can reach it' });
  await expect(reachers.getByRole('listitem').filter({ hasText: 'Olivia Owner' })).toContainText('as an owner');
  await expect(reachers.getByRole('listitem').filter({ hasText: 'CI deploys' })).toContainText('on 1 source');
  const readers = await reachers.getByRole('listitem').count();
  await drawer.getByLabel('To', { exact: true }).selectOption({ label: 'Edit' });
  await expect.poll(() => reachers.getByRole('listitem').count()).toBeLessThan(readers);
  const kept = drawer.getByRole('button', { name: 'Delete resource' });
  await expect(kept).toHaveAttribute('aria-disabled', 'true');
  await expect(kept).toHaveAccessibleDescription(/resources hang on it and .* name it/);
  await looks(page, 'resource-drawer');
  await drawer.getByRole('link', { name: 'Website to letters' }).click();
  drawer = page.getByRole('dialog', { name: 'Website to letters' });
  // what another owner moved meanwhile is not moved back by another name, though the drawer has heard of it
  await drawer.getByLabel('Name', { exact: true }).fill('Website to post');
  const other = await page.context().newPage();
  await go(other, page.url());
  const theirs = other.getByRole('dialog', { name: 'Website to letters' });
  await theirs.getByLabel('Find sources').fill('sandb');
  await theirs.getByRole('radio', { name: 'sandbox', exact: true }).check();
  const heard = page.waitForResponse('**/rpc/resources/find');
  await theirs.getByRole('button', { name: 'Save changes' }).click();
  await told(other, 'Website to letters saved.');
  await heard;
  await other.close();
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await expect(drawer.getByText('it is called Website to letters and hangs on sandbox')).toBeVisible();
  await drawer.getByRole('button', { name: 'Take theirs' }).click();
  await expect(drawer.getByLabel('Name', { exact: true })).toHaveValue('Website to letters');
  await drawer.getByRole('button', { name: 'Delete resource' }).click();
  dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText('Delete Website to letters?');
  await dialog.getByRole('button', { name: 'Delete resource' }).click();
  await told(page, 'Website to letters deleted.');
  await expect(row(page, 'Website to letters')).toHaveCount(0);
  await go(page, '/w/acme/resources/018f3c1e-6d5a-7b3c-8d4e-0123456789ab');
  await expect(page.getByRole('dialog')).toContainText('This resource is not here');
});

test('a label is put on many, found with its uses, and deleted once it has none', async ({ page, server, allowNoise }) => {
  allowNoise(/4(09|22)/);
  await openDemo(page, server);
  await page.getByRole('link', { name: 'Labels' }).click();
  await expect(page.getByRole('heading', { name: 'Labels', level: 1 })).toBeVisible();
  await expect(row(page, 'environment:dev')).toContainText('built in');
  await looks(page, 'labels');
  await page.getByRole('button', { name: 'Create label' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create label' });
  await dialog.getByLabel('Key').fill('1tier');
  await dialog.getByLabel('Value').fill('gold');
  await dialog.getByRole('button', { name: 'Create label' }).click();
  await expect(dialog.getByText(/must begin with a letter/)).toBeVisible();
  await dialog.getByLabel('Key').fill('Environment');
  await dialog.getByRole('button', { name: 'Create label' }).click();
  await expect(dialog.getByText(/labels with the key “environment”/)).toBeVisible();
  await expect(dialog.getByLabel('Key')).toBeFocused();
  await dialog.getByLabel('Key').fill('tier');
  await dialog.getByLabel('Description').fill('How fast it is mended');
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog', { name: 'Discard what you entered?' }).getByRole('button', { name: 'Keep editing' }).click();
  await looks(page, 'label-create');
  await dialog.getByRole('button', { name: 'Create label' }).click();
  await told(page, 'Label tier:gold created.');
  await expect(row(page, 'tier:gold')).toContainText('How fast it is mended');

  await go(page, '/w/acme/resources?filter=type%3Asource');
  await page.getByRole('checkbox', { name: 'Select Website' }).check();
  await page.getByRole('checkbox', { name: 'Select sandbox' }).check();
  const selection = page.getByRole('region', { name: 'Selection' });
  await expect(selection).toContainText('2 resources selected');
  await selection.getByRole('button', { name: 'Select all 14 that match' }).click();
  await expect(selection).toContainText('All 14 that match are selected');
  await looks(page, 'resources-selected');
  await selection.getByRole('button', { name: 'Change labels' }).click();
  const change = page.getByRole('dialog', { name: 'Change labels' });
  await change.getByLabel('Label', { exact: true }).selectOption('environment:prod');
  await expect(change).toContainText('5 resources will bear environment:prod.');
  await expect(change).toContainText('Taken off: environment:dev from 5.');
  await expect(change).toContainText('9 resources are so already.');
  await expect(change).toContainText(/grants name these labels/);
  await looks(page, 'label-dialog');
  await change.getByLabel('Label', { exact: true }).selectOption('tier:gold');
  await expect(change).toContainText('No grant names these labels');
  await change.getByRole('button', { name: 'Change labels' }).click();
  await told(page, 'tier:gold put on 14 resources.');
  await expect(page.getByRole('columnheader', { name: 'tier' })).toBeVisible();
  await expect(row(page, 'sandbox')).toContainText('gold');
  await expect(selection).toHaveCount(0);

  // in use it stays, and says where
  await go(page, '/w/acme/labels');
  await page.getByRole('link', { name: 'tier:gold', exact: true }).click();
  let drawer = page.getByRole('dialog', { name: 'tier:gold' });
  const kept = drawer.getByRole('button', { name: 'Delete label' });
  await expect(kept).toHaveAttribute('aria-disabled', 'true');
  await expect(kept).toHaveAccessibleDescription('14 resources bear it; take it off first');
  await drawer.getByRole('link', { name: '14 resources bear it' }).click();
  await expect(page.getByRole('row')).toHaveCount(15);
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  await page.getByRole('button', { name: 'Change labels' }).click();
  await change.getByRole('radio', { name: 'Take a label off' }).check();
  await change.getByLabel('Key').selectOption('tier');
  await expect(change).toContainText('14 resources will bear no label tier any more.');
  await change.getByRole('button', { name: 'Change labels' }).click();
  await told(page, 'Label tier taken off 14 resources.');

  await go(page, '/w/acme/labels');
  await page.getByRole('link', { name: 'environment:dev', exact: true }).click();
  drawer = page.getByRole('dialog', { name: 'environment:dev' });
  await expect(drawer.getByRole('region', { name: 'Grants' })).toContainText('Platform');
  await expect(drawer.getByRole('button', { name: 'Delete label' })).toHaveAccessibleDescription('every workspace has it');
  await looks(page, 'label-drawer');
  // what one typed is not lost by a step back or a stray key, nor written over what another owner has saved meanwhile
  const other = await page.context().newPage();
  await go(other, '/w/acme/labels/environment:dev');
  await drawer.getByLabel('Description').fill('Mine');
  await page.goBack();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  // another drawer leaves it where it waits
  await page.getByRole('link', { name: 'environment:prod', exact: true }).click();
  await expect(page.getByRole('dialog', { name: 'environment:prod' }).getByLabel('Description')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const theirs = other.getByRole('dialog', { name: 'environment:dev' });
  await theirs.getByLabel('Description').fill('Theirs');
  await theirs.getByRole('button', { name: 'Save changes' }).click();
  await told(other, 'Label environment:dev saved.');
  await other.close();
  await page.getByRole('link', { name: 'environment:dev', exact: true }).click();
  await expect(drawer.getByText('Your unsaved changes of before are still here.')).toBeVisible();
  await expect(drawer.getByLabel('Description')).toHaveValue('Mine');
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog', { name: 'Discard your changes?' }).getByRole('button', { name: 'Keep editing' }).click();
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await expect(drawer.getByText('it is described as “Theirs”')).toBeVisible();
  await drawer.getByRole('button', { name: 'Save mine' }).click();
  await told(page, 'Label environment:dev saved.');
  await expect(row(page, 'environment:dev')).toContainText('Mine');
  await go(page, '/w/acme/labels/tier:gold');
  await page.getByRole('button', { name: 'Delete label' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete label' }).click();
  await told(page, 'Label tier:gold deleted.');
  await expect(row(page, 'tier:gold')).toHaveCount(0);
});

test('a plan without room says so on the button', async ({ page, server }) => {
  await openDemo(page, server);
  await server.command('workspace', 'set-plan', 'acme', 'team');
  for (const value of ['a', 'b']) {
    await go(page, '/w/acme/labels');
    await page.getByRole('button', { name: 'Create label' }).click();
    await page.getByRole('dialog').getByLabel('Key').fill('team');
    await page.getByRole('dialog').getByLabel('Value').fill(value);
    await page.getByRole('dialog').getByRole('button', { name: 'Create label' }).click();
    await told(page, `Label team:${value} created.`);
  }
  await expect(page.getByText('5 of 5 labels of your own')).toBeVisible();
  const button = page.getByRole('button', { name: 'Create label' });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(button).toHaveAccessibleDescription(/room for 5 labels/);
  await looks(page, 'labels-full');
});

test('a member labels what they may edit, and sees no more than theirs', async ({ page, browser, mailbox, server, baseURL, allowNoise }) => {
  allowNoise(/40[34]/);
  await openDemo(page, server);
  const editor = await member(page, browser, mailbox, baseURL!, 'mina@mem.test', 'Source Admin', 'sandbox');
  await editor.getByRole('link', { name: 'Resources' }).click();
  await hydrated(editor);
  await expect(editor.getByRole('row')).toHaveCount(2);
  await expect(editor.getByRole('button', { name: 'Create resource' })).toHaveCount(0);
  await editor.getByRole('link', { name: 'sandbox' }).click();
  let drawer = editor.getByRole('dialog', { name: 'sandbox' });
  await drawer.getByLabel('Put a label on').selectOption('region:emea');
  await drawer.getByRole('button', { name: 'Put on' }).click();
  await told(editor, 'region:emea put on.');
  await drawer.getByRole('button', { name: 'Remove environment:dev' }).click();
  await told(editor, 'Label environment taken off.');
  await expect(drawer.getByRole('button', { name: 'Delete resource' })).toHaveCount(0);
  await looks(editor, 'resource-drawer-member');
  await drawer.getByRole('button', { name: 'Close' }).click();
  await expect(row(editor, 'sandbox')).toContainText('emea');
  expect((await editor.goto('/w/acme/labels'))!.status()).toBe(403);
  await looks(editor, 'labels-member');

  const reader = await member(page, browser, mailbox, baseURL!, 'rita@mem.test', 'Source Read-only', 'Website');
  await go(reader, '/w/acme/resources');
  await expect(row(reader, 'Website').first()).toBeVisible();
  await expect(reader.getByRole('checkbox')).toHaveCount(0);
  await reader.getByRole('link', { name: 'Website', exact: true }).click();
  drawer = reader.getByRole('dialog', { name: 'Website' });
  await expect(drawer.getByRole('region', { name: 'Labels' })).toContainText('environment:prod');
  await expect(drawer.getByLabel('Put a label on')).toHaveCount(0);
  await expect(drawer.getByRole('button', { name: /^Remove/ })).toHaveCount(0);
  await looks(reader, 'resources-member');
});

test('by keyboard alone a resource is made and labelled', async ({ page, server }) => {
  await openDemo(page, server);
  await go(page, '/w/acme/resources');
  await page.getByRole('button', { name: 'Create resource' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Create resource' });
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('Key board');
  await page.keyboard.press('Enter');
  await told(page, 'Key board created.');
  const drawer = page.getByRole('dialog', { name: 'Key board' });
  await expect(drawer.getByLabel('Put a label on')).toBeVisible();
  for (let stop = 0; stop < 6 && !(await drawer.getByLabel('Put a label on').evaluate((box) => box === document.activeElement)); stop += 1) {
    await page.keyboard.press('Tab');
  }
  await expect(drawer.getByLabel('Put a label on')).toBeFocused();
  await page.keyboard.type('environment:prod');
  await page.keyboard.press('Tab');
  await expect(drawer.getByRole('button', { name: 'Put on' })).toBeFocused();
  await page.keyboard.press('Enter');
  await told(page, 'environment:prod put on.');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(row(page, 'Key board')).toContainText('prod');
});
