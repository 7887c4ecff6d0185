// What a page does with its time, told by the page itself: frames, tasks that block, and when something was first drawn.
import type { CDPSession, Page } from '@playwright/test';

/** As slow as a phone or an old laptop, beside the machine that this runs on. */
export const SLOWER = 4;

export interface Frames {
  count: number;
  perSecond: number;
  /** Per cent of the frames that came later than the next one was due. */
  late: number;
  longest: number;
}

/** Makes the page's processor this many times slower, and gives the session that can undo it. */
export async function slow(page: Page, times = SLOWER): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: times });
  return session;
}

/** Counts frames while something goes on. A frame is late when the one after it was due before it came: 1.5 of a 60th of a second. */
export async function frames(page: Page, during: () => Promise<void>): Promise<Frames> {
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(window, { frameTimes: times });
    const next = (now: number) => {
      times.push(now);
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  await during();
  const times: number[] = await page.evaluate(() => (window as unknown as { frameTimes: number[] }).frameTimes.slice());
  const gaps = times.slice(1).map((time, at) => time - times[at]!);
  const took = times.at(-1)! - times[0]!;
  return {
    count: gaps.length,
    perSecond: (gaps.length * 1000) / took,
    late: (gaps.filter((gap) => gap > 25).length * 100) / gaps.length,
    longest: Math.max(...gaps),
  };
}

/** Scrolls what lies under the middle of the window down and up again, as a wheel or finger does. */
export async function scroll(page: Page, session: CDPSession, times: number, sideways = false): Promise<void> {
  const { width, height } = page.viewportSize()!;
  for (let time = 0; time < times; time += 1) {
    for (const distance of [-1600, 1600]) {
      await session.send('Input.synthesizeScrollGesture', {
        x: width / 2,
        y: height / 2,
        ...(sideways ? { xDistance: distance } : { yDistance: distance }),
        speed: 1200,
        gestureSourceType: 'mouse',
      });
    }
  }
}

/** The longest tasks of the main thread while something goes on, and the longest that a key waited to be handled and to be seen. */
export async function blocks(page: Page, during: () => Promise<void>): Promise<{ task: number; waited: number; seen: number }> {
  await page.evaluate(() => {
    const kept = { task: 0, waited: 0, seen: 0 };
    Object.assign(window, { blocks: kept });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) kept.task = Math.max(kept.task, entry.duration);
    }).observe({ type: 'longtask' });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as PerformanceEventTiming[]) {
        kept.waited = Math.max(kept.waited, entry.processingStart - entry.startTime);
        kept.seen = Math.max(kept.seen, entry.duration);
      }
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  });
  await during();
  // what was observed is told a moment later
  await page.waitForTimeout(500);
  return page.evaluate(() => (window as unknown as { blocks: { task: number; waited: number; seen: number } }).blocks);
}

/** From a moment of the page (a click, or its navigation) to the frame behind the one in which the first of these is there. */
export async function drawn(page: Page, selector: string, click?: string): Promise<number> {
  return page.evaluate(
    ([selector, click]) =>
      new Promise<number>((resolve) => {
        const begun = click ? performance.now() : 0;
        if (click) (document.querySelector(click) as HTMLElement).click();
        const look = () => {
          if (document.querySelector(selector!)) requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun)));
          else requestAnimationFrame(look);
        };
        look();
      }),
    [selector, click] as const,
  );
}
