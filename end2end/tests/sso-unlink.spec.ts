// The account page lists what signs somebody in; they unlink it, but never the last way in.
import { comeIn, connectOidc, expect, fresh, hydrated, looks, PASSWORD, prove, signUp, test } from '../fixtures/sso.ts';

// several people, providers and pictures
test.slow();

test('who has a password unlinks a provider; who has none is told what to do', async ({ page, browser, baseURL, names, oidc, allowNoise }) => {
  allowNoise(/401|409/);
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await page.goto('/account');
  await hydrated(page);
  await expect(page.getByRole('heading', { name: 'Sessions' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Single sign-on' })).toHaveCount(0);
  await prove(page, names, 'acme.test');
  await connectOidc(page, oidc);
  oidc.people = ['Amara', 'Ada'].map((name) => ({ id: name, email: `${name.toLowerCase()}@acme.test`, name, groups: [] }));
  await page.getByText('More addresses').click();
  await page.goto(await page.getByLabel('Where a sign-in begins').inputValue());
  await page.getByRole('button', { name: 'Sign in as Amara' }).click();
  await expect(page).toHaveURL(/\/w\/acme/);

  await page.goto('/account');
  await hydrated(page);
  const links = page.getByRole('list', { name: 'Linked identity providers' });
  await expect(links.getByRole('listitem')).toContainText('of Acme');
  await page.getByRole('button', { name: 'Unlink Keycloak' }).click();
  const question = page.getByRole('alertdialog', { name: 'Unlink Keycloak?' });
  await expect(question).toContainText('you are signed out here too');
  await looks(page, 'account-unlink');
  await question.getByRole('button', { name: 'Unlink' }).click();
  await expect(page).toHaveURL(/\/signin/);
  await hydrated(page);
  await page.getByRole('link', { name: 'Sign in with a password' }).click();
  await page.getByLabel('Email').fill('amara@acme.test');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/w\/acme/);
  await page.goto('/account');
  await hydrated(page);
  await expect(page.getByRole('heading', { name: 'Sessions' })).toBeVisible();
  await expect(links).toHaveCount(0);

  const ada = await fresh(browser, baseURL!);
  await comeIn(ada, 'ada@acme.test', 'Ada');
  await expect(ada).toHaveURL(/\/w\/acme\//);
  await ada.goto('/account');
  await hydrated(ada);
  await ada.getByRole('button', { name: 'Unlink Keycloak' }).click();
  const kept = ada.getByRole('alertdialog', { name: 'Unlink Keycloak?' });
  await expect(kept).toContainText('your only way in');
  await expect(kept.getByRole('button', { name: 'Unlink' })).toHaveAttribute('aria-disabled', 'true');
});
