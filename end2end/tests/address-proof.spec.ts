// An address that somebody typed at sign-up is proven by a link that is mailed to it, from the account page.
import { expect, hydrated, looks, signUp, test } from '../fixtures/index.ts';

test('an address is proven by mail, in any browser and without scripts, and nobody is signed in by it', async ({ page, browser, mailbox, baseURL, allowNoise }) => {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await page.goto('/account');
  await hydrated(page);
  await expect(page.getByText('This address has not been proven yet.')).toBeVisible();
  await looks(page, 'account-unproven');
  await page.getByRole('button', { name: 'Send proof link' }).click();
  await expect(page.getByText('Sent to amara@acme.test.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send another proof link' })).toBeVisible();
  const link = (await mailbox.waitFor('amara@acme.test')).links.find((link) => link.includes('/verify/'))!;

  // what scans mail opens links, and proves nothing by that
  expect((await page.request.get(link)).status()).toBe(200);
  await page.reload();
  await expect(page.getByText('This address has not been proven yet.')).toBeVisible();

  const plain = await (await browser.newContext({ baseURL: baseURL!, javaScriptEnabled: false })).newPage();
  await plain.goto(link);
  await expect(plain.getByText('The account of Amara Okafor has the address amara@acme.test.')).toBeVisible();
  await plain.getByRole('button', { name: 'Yes, this is my address' }).click();
  await expect(plain.getByRole('heading', { name: 'Your address is proven' })).toBeVisible();
  await plain.goto('/account');
  await expect(plain).toHaveURL(/\/signin/);

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

test('the link is followed by who is signed in as somebody else', async ({ page, browser, mailbox, baseURL }) => {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  const bea = await (await browser.newContext({ baseURL: baseURL! })).newPage();
  await signUp(bea, 'Bea Brandt', 'bea@bee.test', 'Bee');
  await page.goto('/account');
  await hydrated(page);
  await page.getByRole('button', { name: 'Send proof link' }).click();
  await bea.goto((await mailbox.waitFor('amara@acme.test')).links.find((link) => link.includes('/verify/'))!);
  await hydrated(bea);
  await looks(bea, 'prove-address');
  await bea.getByRole('button', { name: 'Yes, this is my address' }).click();
  await expect(bea.getByRole('heading', { name: 'Your address is proven' })).toBeVisible();
  await bea.goto('/account');
  await expect(bea.getByText('bea@bee.test').first()).toBeVisible();
  await expect(bea.getByRole('button', { name: 'Send proof link' })).toBeVisible();
});
