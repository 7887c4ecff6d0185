// The binary starts, serves its page from anywhere, and the page comes alive.
import { expect, test } from '../fixtures/index.ts';

test('the sign-up page comes as HTML and hydrates without complaint', async ({ page }) => {
  await page.goto('/signup');
  await expect(page.getByRole('button', { name: 'Create workspace' })).toBeVisible();
  await expect(page.getByLabel('Email')).toBeEditable();
});

test('what the page loads may be kept for ever, and comes in brotli', async ({ page }) => {
  const loaded = new Map<string, Record<string, string>>();
  page.on('response', (response) => {
    loaded.set(new URL(response.url()).pathname, response.headers());
  });
  await page.goto('/signup', { waitUntil: 'networkidle' });

  for (const extension of ['js', 'wasm', 'css']) {
    const name = new RegExp(`^/pkg/rolecall\\.[0-9a-f]{16}\\.${extension}$`);
    const [path, headers] = [...loaded].find(([path]) => name.test(path)) ?? [];
    expect(path, `${extension} under a hashed name`).toBeDefined();
    expect(headers?.['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers?.['content-encoding']).toBe('br');
  }
});

test('a script of an older build is 404, never another file', async ({ request }) => {
  const response = await request.get('/pkg/rolecall.0000000000000000.js');
  expect(response.status()).toBe(404);
  expect(response.headers()['cache-control']).toBe('no-store');
});
