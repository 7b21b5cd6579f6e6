// Builds dist/: extension.js (host side, light), worker.mjs with its chunks (all of core), core.js (the same core for any
// Node program), and the wasm files they load. `--tests` builds out/ as well, `--watch` keeps on.
import { context } from 'esbuild';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');
const dist = resolve('dist');

/** h5wasm carries its wasm as text inside its script: put it into a file of its own, which hdf5Instance.ts loads. */
const wasmFile = {
  name: 'wasm-file',
  setup(build) {
    build.onLoad({ filter: /h5wasm.dist.node.hdf5_util\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const call = text.indexOf("binaryDecode('");
      const start = call + 'binaryDecode('.length;
      let end = start + 1;
      while (text[end] !== "'") end += text[end] === '\\' ? 2 : 1;
      const literal = (0, eval)(text.slice(start, end + 1));
      const bytes = Buffer.alloc(literal.length);
      for (let i = 0; i < literal.length; i += 1) {
        const code = literal.charCodeAt(i);
        bytes[i] = (~code >> 8) & code;
      }
      if (!WebAssembly.validate(bytes)) throw new Error('the wasm inside h5wasm was not found');
      writeFileSync(join(dist, 'hdf5.wasm'), bytes);
      return { loader: 'js', contents: `${text.slice(0, call)}undefined${text.slice(end + 2)}` };
    });
  },
};

/** Fills src/vscode/allCommands.ts with what the files of commands/ export; `--watch` sees one that comes or goes. */
const allCommands = {
  name: 'all-commands',
  setup(build) {
    build.onLoad({ filter: /vscode.allCommands\.ts$/ }, ({ path }) => {
      const folder = join(dirname(path), 'commands');
      const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
      const imports = files.map((name, index) => `import * as file${index} from './commands/${name}';`);
      const all = files.map((_, index) => `...Object.values(file${index})`).join(', ');
      const contents = `${imports.join('\n')}\nexport const allCommands = [${all}];`;
      return { loader: 'js', resolveDir: dirname(path), watchDirs: [folder], contents };
    });
  },
};

const base = {
  bundle: true, platform: 'node', target: 'node20', sourcemap: true, metafile: true, logLevel: 'warning',
  legalComments: 'none', mainFields: ['module', 'main'], minify: !watch, keepNames: true,
};
const esm = {
  ...base, format: 'esm', splitting: true, outExtension: { '.js': '.mjs' },
  banner: { js: "import{createRequire as createRequire_}from'node:module';const require=createRequire_(import.meta.url);" },
};
const cjs = {
  ...base, format: 'cjs',
  banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
};

/** What core imports only when it is needed, an SDK say, is needed in the worker: the host shows a backend's description and opens none. */
const nothingLazy = {
  name: 'nothing-lazy',
  setup(build) {
    build.onResolve({ filter: /./ }, ({ kind, path }) => (kind === 'dynamic-import' ? { path, external: true } : undefined));
  },
};

const extension = {
  ...base, format: 'cjs', entryPoints: ['src/extension.ts'], external: ['vscode'], outfile: 'dist/extension.js',
  plugins: [allCommands, nothingLazy],
};
const worker = {
  ...esm, entryPoints: { worker: 'src/worker/main.ts' }, outdir: 'dist', chunkNames: 'chunk-[name]-[hash]', plugins: [wasmFile],
  define: { CORAL_ASSETS: 'import.meta.dirname' },
};
const core = {
  ...cjs, entryPoints: ['src/core/api.ts'], outfile: 'dist/core.js', plugins: [wasmFile],
  define: { CORAL_ASSETS: '__dirname', 'import.meta.url': 'importMetaUrl' },
};
/** One script for each kind of page; media/webview.css is theirs. */
const pages = {
  bundle: true, platform: 'browser', format: 'iife', target: 'chrome128', minify: !watch, logLevel: 'warning', legalComments: 'none', metafile: true,
  entryPoints: ['weight', 'comparison', 'remoteInfo'].map((page) => `src/webview/${page}.ts`), outdir: 'dist/webview',
};
/** Tests keep packages outside and run from out/, one file a test file. */
const testFiles = (folder) => readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
const plainTests = () => ({
  ...esm, minify: false, packages: 'external', outdir: 'out', outbase: '.',
  entryPoints: ['unit', 'backends', 'faults', 'bench', 'ui', 'demo'].flatMap((kind) => testFiles(`test/${kind}`)),
  external: ['vscode'], define: { CORAL_ASSETS: JSON.stringify(dist) },
});
const hostTests = () => ({
  ...cjs, minify: false, packages: 'external', outdir: 'out', outbase: '.', entryPoints: testFiles('test/integration'),
  external: ['vscode'], define: { CORAL_ASSETS: JSON.stringify(dist), 'import.meta.url': 'importMetaUrl' },
});

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, 'plugins'), { recursive: true });
copyFileSync('node_modules/h5wasm-plugins/plugins/libH5Zlzf.so', join(dist, 'plugins/libH5Zlzf.so'));
if (tests) rmSync('out', { recursive: true, force: true });

for (const options of [extension, worker, core, pages, ...(tests ? [plainTests(), hostTests()] : [])]) {
  const build = await context(options);
  if (watch) {
    await build.watch();
    continue;
  }
  const { metafile } = await build.rebuild();
  await build.dispose();
  if (options !== extension) continue;
  const heavy = Object.keys(metafile.inputs).filter((input) => /h5wasm|hash-wasm|aws-sdk|smithy/.test(input));
  if (heavy.length > 0) throw new Error(`extension.js pulls in ${heavy[0]}; it must stay light`);
}
