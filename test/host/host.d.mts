import type { Browser, BrowserContext, Page } from 'playwright-core';

export type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';

export interface Server {
  readonly port: number;
  /** holds its settings, extensions and logs; removed by stop() */
  readonly dir: string;
  readonly log: string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly smoke?: boolean;
  readonly vsix?: string;
  readonly restricted?: boolean;
}

export interface WhatToOpen {
  readonly folder?: string;
  readonly dev?: string;
  readonly tests?: string;
}

export interface PageOptions extends WhatToOpen {
  readonly onPage?: (page: Page) => Promise<void>;
}

export declare function findChromium(): string;
export declare function startServer(options?: ServerOptions): Promise<Server>;
export declare function startBrowser(): Promise<Browser>;
export declare function workbenchUrl(server: Server, what?: WhatToOpen): string;
export declare function newContext(browser: Browser, server: Server): Promise<BrowserContext>;
export declare function openWorkbench(context: BrowserContext, server: Server, options?: PageOptions): Promise<Page>;
