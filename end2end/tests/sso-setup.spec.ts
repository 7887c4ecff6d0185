// Single sign-on set up by an owner: a connection from nothing through its guide, its test good and bad, domains, the plan, two owners at once.
import { readFileSync } from 'node:fs';

import { addConnection, authentication, CLIENT, comeIn, connected, connectSaml, expect, fresh, hydrated, joined, looks, prove, save, shown, signUp, switchOn, test } from '../fixtures/sso.ts';

// several people, providers and pictures
test.slow();

test('an owner connects a provider through the guide, tests it, and switches it on', async ({ page, oidc, allowNoise }) => {
  allowNoise(/422|409|favicon/);
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('tab', { name: 'Authentication' }).click();
  await expect(page.getByRole('heading', { name: 'No connections yet' })).toBeVisible();
  await hydrated(page);
  await looks(page, 'sso-empty');

  await page.getByRole('button', { name: 'Add connection' }).click();
  await looks(page, 'sso-add');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await addConnection(page, 'OpenID Connect', 'Acme login');
  await expect(page.getByRole('switch', { name: 'Switch Acme login' })).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByRole('button', { name: 'Test connection' })).toHaveAttribute('aria-disabled', 'true');
  await looks(page, 'sso-connection-new');

  // what is wrong is said at its field, and what was typed stays
  await page.getByLabel('Issuer').fill('acme.example');
  await page.getByLabel('Client ID').fill(CLIENT.id);
  await page.getByLabel('Client secret', { exact: true }).fill('not-the-secret');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.locator('.field-error')).toContainText('must begin with https://');
  await expect(page.getByLabel('Issuer')).toHaveValue('acme.example');
  await expect(page.getByLabel('Client secret', { exact: true })).toHaveValue('not-the-secret');
  await page.getByLabel('Issuer').fill(oidc.issuer);
  await save(page);
  await expect(page.getByText('One is kept, sealed, and never shown.')).toBeVisible();
  await expect(page.getByLabel('Client secret', { exact: true })).toHaveValue('');

  // a test that goes wrong, in plain words
  oidc.trust({ ...CLIENT, redirect: await shown(page, 'Redirect URI') });
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByRole('button', { name: 'Sign in as Ada Lovelace' }).click();
  await hydrated(page);
  const result = page.getByRole('region', { name: 'What the test showed' });
  await expect(result).toContainText('A sign-in like this one would be refused.');
  await expect(result).toContainText('Nothing was changed.');
  await looks(page, 'sso-test-bad');

  // and one that works
  await page.getByLabel('Client secret', { exact: true }).fill(CLIENT.secret);
  await expect(page.getByRole('button', { name: 'Test connection' })).toHaveAttribute('aria-disabled', 'true');
  await save(page);
  await page.getByRole('button', { name: 'Test again' }).click();
  await hydrated(page);
  await expect(result).toContainText('It works.');
  await expect(result.getByRole('table', { name: 'Received' })).toContainText('analysts');
  await expect(result).toContainText('ada@example.com');
  await looks(page, 'sso-test-good');
  await page.goto('/w/acme/access/users');
  await expect(page.getByRole('table', { name: 'Users' })).not.toContainText('ada@example.com');

  await authentication(page);
  const row = page.getByRole('list', { name: 'Connections' }).getByRole('listitem');
  await expect(row).toContainText('Keycloak, OpenID Connect');
  await expect(row).toContainText('nobody signed in yet');
  await switchOn(page, 'Acme login');
  await looks(page, 'sso-connections');
  await row.getByRole('link', { name: 'Acme login' }).click();
  const log = page.getByRole('list', { name: 'Sign-ins, the newest first' });
  await expect(log.getByRole('listitem')).toHaveCount(2);
  await expect(log.getByRole('listitem').first()).toContainText('Test passed');
  await expect(log.getByRole('listitem').last()).toContainText('Test refused');

  // the trail tells it in sentences
  await page.getByRole('link', { name: 'Audit trail' }).click();
  const said = page.locator('.entry-say');
  for (const sentence of ['made the connection Acme login (OpenID Connect)', 'tested the connection Acme login: it was refused', 'tested the connection Acme login: it works', 'switched the connection Acme login on']) {
    await expect(said.filter({ hasText: sentence })).toHaveCount(1);
  }
  await page.getByRole('button', { name: 'Search or jump to' }).click();
  await page.getByRole('combobox', { name: 'Search or jump to' }).fill('authentication');
  await page.getByRole('option', { name: /Authentication/ }).click();
  await expect(page).toHaveURL(/settings\/authentication$/);

  // off after a question, and gone after another
  await page.getByRole('switch', { name: 'Switch Acme login' }).click();
  const question = page.getByRole('alertdialog', { name: 'Switch Acme login off?' });
  await expect(question).toContainText('Nobody is signed in by it');
  await question.getByRole('button', { name: 'Switch off' }).click();
  await expect(page.getByRole('switch', { name: 'Switch Acme login' })).not.toBeChecked();
  await row.getByRole('link', { name: 'Acme login' }).click();
  await page.getByRole('button', { name: 'Delete connection' }).click();
  await looks(page, 'sso-delete');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete connection' }).click();
  await expect(page.getByRole('heading', { name: 'No connections yet' })).toBeVisible();
});

test('a SAML connection is tested too: good, signed by a key that nobody knows, and cancelled there', async ({ page, saml, allowNoise }) => {
  allowNoise(/favicon/);
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await connectSaml(page, saml);
  const result = page.getByRole('region', { name: 'What the test showed' });
  const tests = async (button: string, there: string) => {
    await page.getByRole('button', { name: button }).click();
    await page.getByRole('button', { name: there }).click();
    await expect(page).toHaveURL(/\?test=/);
    await hydrated(page);
  };
  await tests('Test connection', 'Sign in as Ada Lovelace');
  await expect(result).toContainText('It works.');
  await expect(result.getByRole('table', { name: 'Received' })).toContainText('analysts');
  await expect(result).toContainText('ada@example.com');
  saml.renewKey('alien');
  await tests('Test again', 'Sign in as Ada Lovelace');
  await expect(result).toContainText('A sign-in like this one would be refused.');
  await expect(result.getByText('unknown-key', { exact: true })).toBeVisible();
  await tests('Test again', 'Cancel');
  await expect(result.getByText('cancelled', { exact: true })).toBeVisible();

  const log = page.getByRole('list', { name: 'Sign-ins, the newest first' }).getByRole('listitem');
  await expect(log).toHaveText([/Test refused/, /Test refused/, /Test passed/]);
  await page.goto('/w/acme/access/users');
  await expect(page.getByRole('table', { name: 'Users' })).not.toContainText('ada@example.com');
});

/** The products of the guide, and the file that tells of each at length. */
const GUIDES = new Map([
  ['Okta', 'okta.md'],
  ['Microsoft Entra ID', 'entra-id.md'],
  ['Google Workspace', 'google.md'],
  ['OneLogin', 'onelogin.md'],
  ['Keycloak', 'keycloak.md'],
  ['Another provider', 'other.md'],
]);

for (const protocol of ['OpenID Connect', 'SAML 2.0'] as const) {
  test(`each product has its own steps, and its page of the docs names what the screen shows: ${protocol}`, async ({ page }) => {
    await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
    await authentication(page);
    await addConnection(page, protocol, 'Acme login');
    const product = page.getByLabel('Provider', { exact: true });
    const products = await product.locator('option').allTextContents();
    expect(products).toEqual([...GUIDES.keys()]);
    const there = page.getByRole('region', { name: /^1\. Tell/ });
    const here = page.getByRole('region', { name: /^2\. Tell/ });
    const known = new Set<string>();
    for (const name of products) {
      await product.selectOption(name);
      const guide = GUIDES.get(name)!;
      await expect(there).toHaveAccessibleName(`1. Tell ${name === 'Another provider' ? 'the provider' : name} of Rolecall`);
      const steps = await there.locator('ol.steps li').allInnerTexts();
      expect(steps.length, name).toBeGreaterThanOrEqual(3);
      known.add(steps.join(' '));
      const labels = [
        ...(await there.locator('.form.wide > .field > label').allInnerTexts()),
        ...(protocol === 'SAML 2.0' ? [] : await here.locator('.field > label').allInnerTexts()),
      ].filter((label) => !['Name', 'Provider'].includes(label));
      expect(labels.length, name).toBeGreaterThanOrEqual(2);
      const told = readFileSync(new URL(`../../docs/sso/${guide}`, import.meta.url), 'utf8');
      // what each is called where it goes; those of the closed part are there too
      const hints = await there.locator('.field .field-hint').allTextContents();
      expect(hints.length, name).toBeGreaterThanOrEqual(protocol === 'SAML 2.0' ? 2 : 1);
      const begins = name === 'Another provider' ? 'Also called: ' : `In ${name}: `;
      for (const hint of hints) expect(hint).toContain(begins);
      const called = hints.map((hint) => hint.slice(begins.length));
      for (const word of [...labels, ...called, 'Add connection', 'Test connection', name, protocol]) expect(told, guide).toContain(word);
      await expect(there.getByText(/^When the provider's certificate is renewed/)).toHaveCount(protocol === 'SAML 2.0' ? 1 : 0);
    }
    expect(known.size, 'no product is led by the steps of another').toBe(products.length);
    // as it was: a page with changes asks before it is left
    await product.selectOption('Keycloak');
  });
}

test('SAML is told field by field too, with an old and a new certificate', async ({ page, saml, allowNoise }) => {
  allowNoise(/422/);
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await authentication(page);
  await addConnection(page, 'SAML 2.0', 'Old IdP');
  await page.getByLabel('Metadata', { exact: true }).fill('<EntityDescriptor/>');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.locator('.field-error')).toBeVisible();
  await expect(page.getByLabel('Metadata', { exact: true })).toHaveValue('<EntityDescriptor/>');
  await page.getByRole('radio', { name: 'Field by field' }).check();
  await page.getByLabel('Entity ID', { exact: true }).fill(saml.entityId);
  await page.getByLabel('Sign-in URL').fill(`${new URL(saml.entityId).origin}/sso`);
  for (const key of ['idp', 'renewed'] as const) {
    saml.renewKey(key);
    await page.getByRole('button', { name: 'Add certificate' }).click();
    await page.getByLabel('New certificate').last().fill(saml.certificate);
  }
  await looks(page, 'sso-saml-by-hand');
  await save(page);
  await expect(page.getByRole('button', { name: /^Remove certificate/ })).toHaveCount(2);
  await page.getByRole('button', { name: /^Remove certificate/ }).first().click();
  await save(page);
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole('button', { name: /^Remove certificate/ })).toHaveCount(1);
  await looks(page, 'sso-saml-told');
});

test('a domain is added, looked for in vain, proven by its record, and removed', async ({ page, browser, baseURL, names, allowNoise }) => {
  allowNoise(/422|409/);
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await authentication(page);
  const field = page.getByLabel('Domain', { exact: true });
  await field.fill('amara@acme.test');
  await page.getByRole('button', { name: 'Add domain' }).click();
  await expect(page.locator('.field-error')).toContainText('type only what stands behind its “@”');
  await expect(field).toHaveValue('amara@acme.test');
  await field.fill('acme.test');
  await page.getByRole('button', { name: 'Add domain' }).click();
  const row = page.getByRole('list', { name: 'Domains' }).getByRole('listitem');
  await expect(row).toContainText('Not proven yet');
  await expect(row.getByLabel('Or a tag in the head of')).toHaveValue(/^<meta name="rolecall-domain-verification"/);
  await row.getByRole('button', { name: 'Check acme.test now' }).click();
  await expect(row).toContainText('None of the 0 TXT records of acme.test is the one that proves it');
  await looks(page, 'sso-domain-pending');
  const proof = await row.getByLabel('TXT record of acme.test').inputValue();
  names.publish('acme.test', proof);
  await row.getByRole('button', { name: 'Check acme.test now' }).click();
  await expect(row).toContainText('Proven');
  await looks(page, 'sso-domain-proven');

  // a proof that is not there any more stands among the notifications, for as long as that is so
  names.withdraw('acme.test');
  await row.getByRole('button', { name: 'Check acme.test now' }).click();
  await expect(row).toContainText('Proof missing');
  await page.getByRole('link', { name: /^Notifications/ }).click();
  const notice = page.getByRole('listitem').filter({ hasText: 'acme.test shows no proof' });
  await expect(notice).toContainText(/has not been found since \d{4}-\d\d-\d\d; it lapses on \d{4}-\d\d-\d\d\./);
  await notice.getByRole('link').click();
  await expect(page).toHaveURL(/settings\/authentication$/);
  names.publish('acme.test', proof);
  await row.getByRole('button', { name: 'Check acme.test now' }).click();
  await expect(row).not.toContainText('Proof missing');
  await page.getByRole('link', { name: /^Notifications/ }).click();
  await expect(page.getByText('Nothing waits for you')).toBeVisible();
  await authentication(page);

  // one workspace at a time
  const other = await fresh(browser, baseURL!);
  await signUp(other, 'Eve Other', 'eve@other.test', 'Other');
  await authentication(other, 'other');
  await other.getByLabel('Domain', { exact: true }).fill('acme.test');
  await other.getByRole('button', { name: 'Add domain' }).click();
  await expect(other.locator('.field-error')).toContainText(/“acme\.test” is proven for another workspace/);

  await row.getByRole('button', { name: 'Remove acme.test' }).click();
  const question = page.getByRole('alertdialog', { name: 'Remove acme.test?' });
  await expect(question).toContainText('asks people under it for their passwords again');
  await question.getByRole('button', { name: 'Remove domain' }).click();
  await expect(page.getByText('No domains yet.')).toBeVisible();
  await prove(other, names, 'other.test', 'other');
});

test('a plan without it says so, and locks what is new', async ({ page, server }) => {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  await server.command('workspace', 'set-plan', 'acme', 'team');
  await authentication(page);
  await expect(page.getByText('Single sign-on needs the Business plan, and this workspace is on Team.')).toBeVisible();
  for (const name of ['Add connection', 'Add domain']) {
    await expect(page.getByRole('button', { name })).toHaveAttribute('aria-description', /needs the Business plan/);
  }
  await expect(page.getByRole('checkbox', { name: 'Require single sign-on' })).toBeDisabled();
  await looks(page, 'sso-plan');
});

test('two owners change a connection: the second is shown what the first left, and decides', async ({ page, browser, mailbox, baseURL }) => {
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  const bea = await joined(page, browser, mailbox, baseURL!, 'Bea', 'owner');
  await authentication(page);
  await addConnection(page, 'OpenID Connect', 'Acme login');
  await bea.goto(page.url());
  await hydrated(bea);
  await bea.getByLabel('Name').fill('Bea’s login');
  await save(bea);
  await page.getByLabel('Client ID').fill('typed-here');
  await page.getByLabel('Issuer').fill('https://login.example.com');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Somebody else changed this connection meanwhile.')).toBeVisible();
  await expect(page.getByText('called Bea’s login instead of Acme login')).toBeVisible();
  await expect(page.getByLabel('Client ID')).toHaveValue('typed-here');
  await looks(page, 'sso-conflict');
  await page.getByRole('button', { name: 'Save mine' }).click();
  await expect(page.getByRole('heading', { name: 'Acme login', level: 2, exact: true })).toBeVisible();
  await expect(page.getByLabel('Client ID')).toHaveValue('typed-here');
});

test('another client or issuer is warned of before it is saved, once somebody came by the connection', async ({ page, browser, baseURL, names, oidc }) => {
  await connected(page, names, oidc);
  const connection = page.url();
  const ends = page.getByRole('status').filter({ hasText: 'This is another provider.' });
  const client = page.getByLabel('Client ID');
  // as long as nobody did, nothing ends
  await client.fill('another');
  await expect(page.getByRole('button', { name: 'Discard changes' })).toBeVisible();
  await expect(ends).toHaveCount(0);
  await page.getByRole('button', { name: 'Discard changes' }).click();

  const ada = await fresh(browser, baseURL!);
  await comeIn(ada, 'ada@example.com', 'Ada Lovelace');
  await expect(ada).toHaveURL(/\/w\/acme\//);
  await page.goto(connection);
  await hydrated(page);
  const issuer = page.getByLabel('Issuer');
  for (const [field, words] of [[issuer, /Another issuer is another provider/], [client, /another client ID/]] as const) {
    const kept = await field.inputValue();
    await field.fill('https://another.example');
    await expect(field).toHaveAccessibleDescription(words);
    await expect(field).toHaveAccessibleDescription(/ends this connection's links and sessions/);
    await expect(ends).toContainText('one session that came by it ends');
    await field.fill(kept);
    await expect(field).not.toHaveAccessibleDescription(/links and sessions/);
    await expect(ends).toHaveCount(0);
  }
  await page.getByLabel('Client secret', { exact: true }).fill('renewed');
  await expect(ends).toHaveCount(0);
  await client.fill('another');
  await looks(page, 'sso-another-client');
  await save(page);
  await expect(ends).toHaveCount(0);
  await ada.goto('/account');
  await expect(ada).toHaveURL(/\/signin/);
});

test('a member is told whom to ask, and an unknown page is not found', async ({ page, browser, mailbox, baseURL, allowNoise }) => {
  allowNoise(/403|404/);
  await signUp(page, 'Amara Okafor', 'amara@acme.test', 'Acme');
  const dora = await joined(page, browser, mailbox, baseURL!, 'Dora', 'member');
  expect((await dora.goto('/w/acme/settings/authentication'))!.status()).toBe(403);
  expect((await page.goto('/w/acme/settings/nothing'))!.status()).toBe(404);
  expect((await page.goto('/w/acme/settings/authentication/018f3c1e-6d5a-7b3c-8d4e-0123456789ab'))!.status()).toBe(404);
  expect((await page.goto('/signin/nothing'))!.status()).toBe(404);
});
