// How the measures run: one at a time in real Chromium, without traces, which would cost what is measured.
import tests from './playwright.config.ts';

export default {
  ...tests,
  testDir: 'measures',
  workers: 1,
  timeout: 600_000,
  reporter: [['line']] as [['line']],
  use: { ...tests.use, trace: 'off' as const },
};
