// The package in the other browsers: Firefox, and WebKit as Debian ships it and with what it has switched off.
import { describe, expect, test } from "vitest";
import { describeHosts, sharedApp, TIMEOUT } from "../contract.js";
import { describeCollectors, inPage } from "../finalizer/contract.js";
import { firefox } from "../hosts/firefox.js";
import { pagesIn } from "../hosts/pages.js";
import { webkit, webkitSwitched } from "../hosts/webkit.js";
import { describeThreads, jobOf, reportOf } from "../threads/contract.js";
import { askPage } from "../threads/hosts.js";

const app = sharedApp();
const browsers = [firefox, webkit] as const;

describeHosts(app, [
  ...pagesIn(firefox, "relaxed"),
  ...pagesIn(webkit, "baseline"),
  // Its relaxed SIMD lacks instructions that the kernels use.
  ...pagesIn(webkitSwitched, "baseline"),
]);

describeCollectors(
  app,
  browsers.map((browser) => ({ name: browser.name, peak: inPage(browser) })),
);

describeThreads(
  app,
  [firefox, webkitSwitched].flatMap((browser) =>
    [false, true].map((inWorker) => ({
      name: `${browser.name}, ${inWorker ? "a worker of a page" : "a page's main thread"}`,
      tells: false,
      ask: (app, job) => askPage(app, job, { browser, inWorker }),
    })),
  ),
);
