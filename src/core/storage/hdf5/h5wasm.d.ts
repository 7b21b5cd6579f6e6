/** The factory behind "h5wasm/node", which the package does not export: it makes as many instances as one likes, each an Hdf5Api. */
declare module '*/h5wasm/dist/node/hdf5_util.js' {
  /** Called to make the instance, instead of compiling what the script carries. */
  export type InstantiateWasm = (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void) => void;
  const createModule: (options: { noInitialRun: boolean; instantiateWasm: InstantiateWasm; printErr: (text: string) => void }) => Promise<unknown>;
  // eslint-disable-next-line no-restricted-exports -- that is what the file has
  export default createModule;
}

/** As far as it is used here; TypeScript has it only among the types of browsers. */
declare namespace WebAssembly {
  type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  class Module { #module: true; }
  class Instance {
    #instance: true;
    constructor(module: Module, imports: Imports);
  }
  function compile(bytes: Uint8Array): Promise<Module>;
}
