/**
 * Lighthouse, mobile, on one address: prints {performance, accessibility, best_practices, shown, addresses, metrics, faults} as JSON.
 *
 *   node lighthouse.mjs URL [NAME=VALUE …]
 *
 * NAME=VALUE are the cookies of who is signed in. They lie in the browser's own jar: an extra header would be replaced as soon as
 * the page sets a cookie of its own. Lighthouse's own settings stay as they are (a slow phone on slow 4G, reckoned
 * from a quick load), except that the phone speaks Dutch. `addresses` are all that the page asked for, `faults` what kept a
 * score from being full. The report itself goes to the file that REPORT names.
 */
import { writeFileSync } from 'node:fs';
import * as launcher from 'chrome-launcher';
import lighthouse from 'lighthouse';
import puppeteer from 'puppeteer-core';

const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const DUTCH = 'nl-NL,nl;q=0.9';
const [url, ...cookies] = process.argv.slice(2);

// Without a window's own parts (kiosk): Chromium draws its tab strip, with a wheel that turns while a page loads, by the
// processor and on the very cores that the page works on: a third of what two cores can do. A phone has no such thing.
const chrome = await launcher.launch({
  chromeFlags: ['--headless=new', '--kiosk', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--lang=nl-NL'],
});
try {
  if (process.env.BENCH_PREFER) writeFileSync(`/proc/${chrome.pid}/autogroup`, '-15');
  if (cookies.length > 0) {
    const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${chrome.port}` });
    for (const cookie of cookies) {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(cookie);
      await browser.setCookie({ name, value, domain: new URL(url).hostname, sameSite: 'Lax' });
    }
    await browser.disconnect();
  }
  const extraHeaders = { 'Accept-Language': DUTCH };
  const run = await lighthouse(url, { port: chrome.port, logLevel: 'error', onlyCategories: CATEGORIES, extraHeaders });
  if (!run) throw new Error('Lighthouse gave no report');
  const { lhr } = run;
  if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
  if (process.env.REPORT) writeFileSync(process.env.REPORT, JSON.stringify(lhr));
  const score = (id) => Math.round((lhr.categories[id].score ?? 0) * 100);
  const lost = ({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9;
  const times = {
    FCP: 'first-contentful-paint',
    LCP: 'largest-contentful-paint',
    TBT: 'total-blocking-time',
    CLS: 'cumulative-layout-shift',
  };
  const faults = CATEGORIES.flatMap((id) => lhr.categories[id].auditRefs)
    .filter(lost)
    .map(({ id }) => `${id} ${lhr.audits[id].displayValue ?? lhr.audits[id].score}`);
  const { items } = lhr.audits['network-requests'].details;
  process.stdout.write(
    JSON.stringify({
      performance: score('performance'),
      accessibility: score('accessibility'),
      best_practices: score('best-practices'),
      shown: lhr.finalDisplayedUrl,
      addresses: items.map((item) => item.url),
      metrics: Object.entries(times).map(([name, id]) => `${name} ${lhr.audits[id].displayValue}`),
      faults,
    }),
  );
} finally {
  await chrome.kill();
}
