import type { Browser, Page } from 'playwright-core';

export type { Browser, Locator, Page } from 'playwright-core';

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
}

export interface WhatToOpen {
  readonly folder?: string;
  readonly dev?: string;
  readonly tests?: string;
}

export interface PageOptions extends WhatToOpen {
  readonly onPage?: (page: Page) => Promise<void>;
  readonly viewport?: { readonly width: number; readonly height: number };
}

export declare function findChromium(): string;
export declare function startServer(options?: ServerOptions): Promise<Server>;
export declare function startBrowser(): Promise<Browser>;
export declare function workbenchUrl(server: Server, what?: WhatToOpen): string;
export declare function openWorkbench(browser: Browser, server: Server, options?: PageOptions): Promise<Page>;
