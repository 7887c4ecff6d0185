// Providers of other hands end the sessions that came by them: without a browser, by a form, and by a redirect.
import type { Page } from '@playwright/test';

import { comeIn, connectOidc, connectSaml, expect, fresh, prove, signUp, test } from '../fixtures/sso.ts';

/** Comes in as Ada, in a browser of her own. */
async function comes(ada: Page): Promise<void> {
  await comeIn(ada, 'ada@example.com', 'Ada Lovelace');
  await expect(ada).toHaveURL(/\/w\/acme\//);
}

test('who signs out at an OpenID provider is signed out here, and nobody else', async ({ page, browser, baseURL, names, oidc }) => {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await prove(page, names, 'example.com');
  await connectOidc(page, oidc);
  const ada = await fresh(browser, baseURL!);
  await comes(ada);
  await ada.goto('/account');
  await expect(ada.getByText('by Keycloak of Acme')).toBeVisible();

  await ada.goto(oidc.signOutUrl);
  await ada.getByRole('button', { name: 'Sign out' }).click();
  await expect(ada.getByRole('heading', { name: 'Signed out of the provider' })).toBeVisible();
  await ada.goto('/account');
  await expect(ada).toHaveURL(/\/signin/);
  await page.goto('/account');
  await expect(page).toHaveURL(/\/account/);
});

for (const way of ['Sign out by form', 'Sign out by redirect']) {
  test(`a SAML provider ends the session, and is answered: ${way.toLowerCase()}`, async ({ page, browser, baseURL, names, saml }) => {
    await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
    await prove(page, names, 'example.com');
    await connectSaml(page, saml);
    const ada = await fresh(browser, baseURL!);
    await comes(ada);

    await ada.goto(saml.logoutUrl('ada-0001', ''));
    await ada.getByText(way).click();
    await expect(ada.getByRole('heading', { name: 'Signed out of everything' })).toBeVisible();
    expect(saml.logouts).toEqual(['response']);
    await ada.goto('/account');
    await expect(ada).toHaveURL(/\/signin/);
    await page.goto('/account');
    await expect(page).toHaveURL(/\/account/);
  });
}
