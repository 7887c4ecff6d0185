// Webhooks: an owner adds one, a real receiver gets signed messages, and the log tells how each fared.
import type { Page } from '@playwright/test';

import { expect, hydrated, looks, signUp, test } from '../fixtures/index.ts';
import { isSignedWith, Receiver } from '../fixtures/receiver.ts';

/** Goes to the webhooks of a new workspace. */
async function openWebhooks(page: Page): Promise<void> {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await page.goto('/w/acme/audit');
  await hydrated(page);
  await page.getByRole('tab', { name: 'Webhooks' }).click();
  await expect(page.getByRole('heading', { name: 'No webhooks yet' })).toBeVisible();
}

/** Adds a webhook, and gives its secret. */
async function add(page: Page, url: string): Promise<string> {
  await page.getByRole('button', { name: 'Add webhook' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Address').fill(url);
  await dialog.getByLabel('Description').fill('A copy for the archive');
  await dialog.getByRole('button', { name: 'Add webhook' }).click();
  const secret = await dialog.getByLabel('Signing secret').inputValue();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  return secret;
}

/** Opens its drawer, and sends it a test. */
async function sendTest(page: Page): Promise<void> {
  await page.getByRole('table', { name: 'Webhooks' }).getByRole('link').first().click();
  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'A test is on its way' }).first()).toBeVisible();
}

/** Looks again, and gives what the log says of the newest. */
async function newest(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Look again' }).click();
  return page.getByRole('region', { name: 'Deliveries' }).locator('.entry').first().innerText();
}

test.describe('with a receiver on this machine', () => {
  test.use({ serverOptions: { env: { ROLECALL_WEBHOOKS_TO_PRIVATE: 'true' } } });

  test('what happens arrives, signed, and is in the log', async ({ page }) => {
    const receiver = await Receiver.open();
    await openWebhooks(page);
    await looks(page, 'webhooks-empty');
    const secret = await add(page, receiver.url);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const made = await receiver.waitFor(1);
    expect([made.type, made.sentence]).toEqual(['webhook_created', `Amara Okafor created a webhook to ${receiver.url}`]);

    await page.goto('/w/acme/access/users');
    await hydrated(page);
    await page.getByRole('button', { name: 'Invite team member' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Email addresses').fill('bea@acme.test');
    await dialog.getByRole('button', { name: 'Send invites' }).click();
    const message = await receiver.waitFor(2);
    expect([message.type, message.sentence]).toEqual(['members_invited', 'Amara Okafor invited bea@acme.test']);
    expect(message.id).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(isSignedWith(message, secret)).toBe(true);
    expect(isSignedWith({ ...message, body: message.body.replace('bea', 'eve') }, secret)).toBe(false);
    expect(isSignedWith(message, `whsec_${Buffer.alloc(32).toString('base64')}`)).toBe(false);

    await page.goto('/w/acme/audit/webhooks');
    await hydrated(page);
    await looks(page, 'webhooks');
    await page.getByRole('table', { name: 'Webhooks' }).getByRole('link').first().click();
    const log = page.getByRole('region', { name: 'Deliveries' });
    const sent = log.locator('.entry').first();
    await expect.poll(() => newest(page)).toMatch(/People invited\s+Delivered · answered 204/);
    await sent.locator('summary').click();
    await expect(sent.locator('pre').last()).toContainText('"bea@acme.test"');
    await looks(page, 'webhook-drawer');

    // again by hand: the same message, and the receiver can tell
    await sent.getByRole('button', { name: 'Redeliver' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'on its way again' }).first()).toBeVisible();
    const ids = async () => (await Promise.all([3, 4].map((number) => receiver.waitFor(number)))).map((again) => again.id);
    expect(await ids()).toContain(message.id);
    await receiver.close();
  });

  test('a receiver that fails is tried again, and one that is down is told of', async ({ page }) => {
    const receiver = await Receiver.open();
    receiver.status = 500;
    await openWebhooks(page);
    await add(page, receiver.url);
    await receiver.waitFor(1);
    await expect
      .poll(async () => {
        await page.reload();
        await hydrated(page);
        return page.getByRole('row').filter({ hasText: receiver.url }).innerText();
      })
      .toContain('Failing');
    await page.getByRole('table', { name: 'Webhooks' }).getByRole('link').first().click();
    const log = page.getByRole('region', { name: 'Deliveries' });
    await expect.poll(() => newest(page)).toContain('Not taken yet · answered 500');
    await log.locator('.entry').first().locator('summary').click();
    await expect(log.locator('.entry').first()).toContainText('no room here');
    await expect(page.getByText('It takes nothing')).toBeVisible();
    await looks(page, 'webhook-failing');

    // mended, and saved: what waits is sent at once
    receiver.status = 204;
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    const form = page.getByRole('dialog', { name: 'Change webhook' });
    await form.getByRole('radio', { name: 'Only these' }).check();
    await form.getByRole('button', { name: 'Save changes' }).click();
    await expect(form.getByText('choose at least one kind')).toBeVisible();
    await form.getByRole('checkbox', { name: 'Plan changed' }).check();
    await looks(page, 'webhook-form');
    await form.getByRole('button', { name: 'Save changes' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Webhook saved' }).first()).toBeVisible();
    expect((await receiver.waitFor(2)).id).toBe(receiver.messages[0]!.id);
    await expect.poll(() => newest(page)).toMatch(/Delivered · answered 204, \d tries/);

    // a new secret signs beside the old one; and down is down
    await page.getByRole('button', { name: 'New secret' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'New secret' }).click();
    const secret = await page.getByLabel('Signing secret').inputValue();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Send a test' }).click();
    const isTest = (message: { type: string }) => message.type === 'webhook_tested';
    await expect.poll(() => receiver.messages.some(isTest)).toBe(true);
    const tested = receiver.messages.find(isTest)!;
    expect([tested.type, tested.signatures.length, isSignedWith(tested, secret)]).toEqual(['webhook_tested', 2, true]);
    await receiver.close();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await expect.poll(() => newest(page)).toContain('no answer');
  });

  test('it is deleted with a question, and the trail tells of it', async ({ page }) => {
    const receiver = await Receiver.open();
    await openWebhooks(page);
    await add(page, receiver.url);
    await sendTest(page);
    await receiver.waitFor(2);
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await looks(page, 'webhook-delete');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete webhook' }).click();
    await expect(page.getByRole('heading', { name: 'No webhooks yet' })).toBeVisible();
    await page.getByRole('tab', { name: 'Entries' }).click();
    await expect(page.locator('.entry-say').first()).toHaveText(`Amara Okafor deleted the webhook to ${receiver.url}`);
    await receiver.close();
  });
});

test('an address of a private network is refused, and what was typed stays', async ({ page, allowNoise }) => {
  allowNoise(/422/);
  await openWebhooks(page);
  await page.getByRole('button', { name: 'Add the first' }).click();
  const dialog = page.getByRole('dialog');
  for (const [typed, said] of [
    ['hooks.acme.test', 'must begin with https://'],
    ['http://hooks.acme.test/', 'must begin with https://'],
    ['https://169.254.169.254/latest', 'private network'],
    ['https://localhost:8443/', 'ROLECALL_WEBHOOKS_TO_PRIVATE'],
  ] as const) {
    await dialog.getByLabel('Address').fill(typed);
    await dialog.getByRole('button', { name: 'Add webhook' }).click();
    await expect(dialog.locator('.field-error')).toContainText(said);
    await expect(dialog.getByLabel('Address')).toHaveValue(typed);
  }
  await looks(page, 'webhook-refused');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});
