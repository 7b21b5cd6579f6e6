import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Server } from '../host/host.mjs';
import { Workbench } from './workbench';

type Host = typeof import('../host/host.mjs');

export interface SessionOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** no folder is trusted until the person says so */
  readonly restricted?: boolean;
  /** what packageExtension() gave; else it is packed now */
  readonly vsix?: string;
}

/** One VS Code server with the packaged extension in it; folders open in pages of one browser, which starts with the first of them. */
export class Session {
  readonly server: Server;
  readonly #host: Host;
  #browser: Browser | undefined;
  #context: BrowserContext | undefined;

  private constructor(host: Host, server: Server) {
    this.#host = host;
    this.server = server;
  }

  static async start({ env = {}, settings = {}, restricted = false, vsix }: SessionOptions = {}): Promise<Session> {
    // Loaded from its place in test/host, not bundled: its packages lie there.
    const host = (await import(pathToFileURL(resolve('test/host/host.mjs')).href)) as Host;
    const packed = vsix ?? await packageExtension();
    return new Session(host, await host.startServer({ vsix: packed, env, restricted, settings: { 'coral.allowedEndpoints': ['127.0.0.1'], ...themes, ...settings } }));
  }

  url(folder?: string): string {
    return this.#host.workbenchUrl(this.server, folder === undefined ? {} : { folder });
  }

  /** `folder` may be a .code-workspace file; without it, an empty window. */
  async open(folder?: string): Promise<Workbench> {
    this.#browser ??= await this.#host.startBrowser();
    this.#context ??= await this.#host.newContext(this.#browser, this.server);
    const page = await this.#host.openWorkbench(this.#context, this.server, folder === undefined ? {} : { folder });
    const workbench = new Workbench(page);
    await workbench.ready();
    return workbench;
  }

  async stop(): Promise<void> {
    await this.#browser?.close().catch(() => undefined);
    await this.server.stop();
  }
}

/** The browser says whether it is dark or of high contrast, and VS Code follows. */
const themes = {
  'window.autoDetectColorScheme': true, 'window.autoDetectHighContrast': true, 'workbench.preferredHighContrastColorTheme': 'Default High Contrast',
  'workbench.preferredDarkColorTheme': 'Default Dark Modern', 'workbench.preferredLightColorTheme': 'Default Light Modern',
};

/** Builds and packs the extension; the path of the .vsix. */
export async function packageExtension(): Promise<string> {
  const file = resolve('out/coral.vsix');
  const options = ['--no-dependencies', '--no-rewrite-relative-links', '--out', file];
  await promisify(execFile)(process.execPath, [resolve('node_modules/@vscode/vsce/vsce'), 'package', ...options]);
  return file;
}
