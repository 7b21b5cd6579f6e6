/** The factory behind "h5wasm/node", which the package does not export: it makes as many instances as one likes, each an Hdf5Api. */
declare module '*/h5wasm/dist/node/hdf5_util.js' {
  const createModule: (options: { noInitialRun: boolean }) => Promise<unknown>;
  // eslint-disable-next-line no-restricted-exports -- that is what the file has
  export default createModule;
}
