// An address that somebody typed at sign-up is proven by a link that is mailed to it, from the account page, for who is signed in to the account.
import { expect, hydrated, looks, PASSWORD, signUp, test } from '../fixtures/index.ts';

test('an address is proven by mail, in any browser that signs in to the account, and without scripts', async ({ page, browser, mailbox, baseURL, allowNoise }) => {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await page.goto('/account');
  await hydrated(page);
  await expect(page.getByText('This address has not been proven yet.')).toBeVisible();
  await expect(page.getByText('gets the account without its password, sessions and links')).toBeVisible();
  await looks(page, 'account-unproven');
  // what is read out is in a place that was there before
  const told = page.locator('form', { has: page.getByRole('button', { name: /proof link/ }) }).getByRole('status');
  await expect(told).toBeEmpty();
  await page.getByRole('button', { name: 'Send proof link' }).click();
  await expect(told).toContainText('Sent to amara@acme.test.');
  await expect(page.getByRole('button', { name: 'Send another proof link' })).toBeVisible();
  const link = (await mailbox.waitFor('amara@acme.test')).links.find((link) => link.includes('/verify/'))!;

  // what scans mail opens links, and proves nothing by that
  expect((await page.request.get(link)).status()).toBe(200);
  await page.reload();
  await expect(page.getByText('This address has not been proven yet.')).toBeVisible();

  const plain = await (await browser.newContext({ baseURL: baseURL!, javaScriptEnabled: false })).newPage();
  await plain.goto(link);
  await expect(plain.getByText('The account of Amara Okafor has the address amara@acme.test.')).toBeVisible();
  await expect(plain.getByRole('button', { name: 'Yes, this is my address' })).toHaveCount(0);
  await plain.getByRole('link', { name: 'Sign in' }).click();
  await plain.getByLabel('Email').fill('amara@acme.test');
  await plain.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await plain.getByRole('button', { name: 'Sign in' }).click();
  await plain.getByRole('button', { name: 'Yes, this is my address' }).click();
  await expect(plain.getByRole('heading', { name: 'Your address is proven' })).toBeVisible();

  await page.goto('/account');
  await hydrated(page);
  await expect(page.getByText('amara@acme.test').first()).toBeVisible();
  await expect(page.getByText('This address has not been proven yet.')).toHaveCount(0);
  // opened again, it says that it is done
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'Your address is proven' })).toBeVisible();
  allowNoise(/404/);
  await page.goto(`${link.slice(0, -4)}AAAA`);
  await expect(page.getByRole('heading', { name: 'This link no longer works' })).toBeVisible();
  await looks(page, 'proof-dead');
});

test('who reads the mail of an account that somebody else made proves nothing by it', async ({ page, browser, mailbox, baseURL }) => {
  // somebody signs up with Bea's address, and has the link sent to her
  await signUp(page, 'Bea Brandt', 'bea@acme.test', 'Acme');
  await page.goto('/account');
  await hydrated(page);
  await page.getByRole('button', { name: 'Send proof link' }).click();
  const link = (await mailbox.waitFor('bea@acme.test')).links.find((link) => link.includes('/verify/'))!;

  const bea = await (await browser.newContext({ baseURL: baseURL! })).newPage();
  await bea.goto(link);
  await hydrated(bea);
  await expect(bea.getByText('Sign in to that account first')).toBeVisible();
  await expect(bea.getByRole('button', { name: 'Yes, this is my address' })).toHaveCount(0);
  await looks(bea, 'prove-address-signed-out');
  await bea.getByRole('link', { name: 'Take the account by setting a new password' }).click();
  await expect(bea.getByRole('heading', { name: 'Set a new password' })).toBeVisible();

  await page.goto('/account');
  await hydrated(page);
  await expect(page.getByText('This address has not been proven yet.')).toBeVisible();
});

test('who is signed in as somebody else goes on as the account of the link', async ({ page, browser, mailbox, baseURL }) => {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  const bea = await (await browser.newContext({ baseURL: baseURL! })).newPage();
  await signUp(bea, 'Bea Brandt', 'bea@bee.test', 'Bee');
  await page.goto('/account');
  await hydrated(page);
  await page.getByRole('button', { name: 'Send proof link' }).click();
  await bea.goto((await mailbox.waitFor('amara@acme.test')).links.find((link) => link.includes('/verify/'))!);
  await hydrated(bea);
  await expect(bea.getByText('You are signed in as bea@bee.test.')).toBeVisible();
  await expect(bea.getByRole('button', { name: 'Yes, this is my address' })).toHaveCount(0);
  await looks(bea, 'prove-address-other');
  await bea.getByRole('button', { name: 'Sign out and go on' }).click();
  await expect(bea).toHaveURL(/\/signin\?next=/);
  await hydrated(bea);
  await bea.getByLabel('Email').fill('amara@acme.test');
  await bea.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await bea.getByRole('button', { name: 'Sign in' }).click();
  await expect(bea.getByRole('button', { name: 'Yes, this is my address' })).toBeVisible();
  await looks(bea, 'prove-address');
  await bea.getByRole('button', { name: 'Yes, this is my address' }).click();
  await expect(bea.getByRole('heading', { name: 'Your address is proven' })).toBeVisible();
});
