// Who is signed in is asked before a provider's answer makes them somebody else: a link of somebody else's could have led them there.
import { comeIn, connectOidc, expect, fresh, hydrated, looks, PASSWORD, prove, signUp, test } from '../fixtures/sso.ts';

// several people, providers and pictures
test.slow();

test('who is signed in stays, or goes on as somebody else, without scripts too; nobody else is asked', async ({ page, browser, baseURL, names, oidc }) => {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await prove(page, names, 'example.com');
  await connectOidc(page, oidc);
  await page.getByText('More addresses').click();
  const start = await page.getByLabel('Where a sign-in begins').inputValue();

  await page.goto(start);
  await page.getByRole('button', { name: 'Sign in as Ada Lovelace' }).click();
  await expect(page.getByRole('heading', { name: 'Go on as ada@example.com?' })).toBeVisible();
  await expect(page.getByText('You are signed in as amara@acme.test.')).toBeVisible();
  await hydrated(page);
  await looks(page, 'sso-switch');
  await page.getByRole('link', { name: 'Stay signed in as amara@acme.test' }).click();
  await expect(page).toHaveURL(/\/w\/acme/);
  await page.goto('/account');
  await expect(page.getByRole('main').getByText('amara@acme.test')).toBeVisible();

  const plain = await (await browser.newContext({ baseURL: baseURL!, javaScriptEnabled: false })).newPage();
  await plain.goto('/signin');
  await plain.getByLabel('Email').fill('amara@acme.test');
  await plain.getByRole('button', { name: 'Continue' }).click();
  await plain.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await plain.getByRole('button', { name: 'Sign in' }).click();
  await expect(plain).toHaveURL(/\/w\/acme/);
  await plain.goto(start);
  await plain.getByRole('button', { name: 'Sign in as Ada Lovelace' }).click();
  await plain.getByRole('button', { name: 'Go on as ada@example.com' }).click();
  await expect(plain).toHaveURL(/\/w\/acme/);
  await plain.goto('/account');
  await expect(plain.getByRole('main').getByText('ada@example.com')).toBeVisible();

  const ada = await fresh(browser, baseURL!);
  await comeIn(ada, 'ada@example.com', 'Ada Lovelace');
  await expect(ada).toHaveURL(/\/w\/acme\//);
});
