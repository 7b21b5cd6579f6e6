/** What we use of h5wasm's low-level functions, which take and give HDF5's own ids (bigint) and status numbers. */
export interface Hdf5Api {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  UTF8ToString(pointer: number): string;
  readonly FS: EmscriptenFs;

  readonly H5F_ACC_RDONLY: number;
  readonly H5F_ACC_RDWR: number;
  readonly H5F_ACC_TRUNC: number;
  readonly H5F_LIBVER_EARLIEST: number;
  readonly H5F_LIBVER_V110: number;
  open(path: string, mode: number, trackOrder: boolean, libverLow: number, libverHigh: number): bigint;
  close_file(file: bigint): number;

  get_type(file: bigint, path: string): number;
  get_names(file: bigint, path: string, recursive: boolean): string[];
  /** 8 bytes: the address of the object's header, from the start of the HDF5 data */
  create_object_reference(file: bigint, path: string): ArrayLike<number>;
  create_group(file: bigint, path: string, trackOrder: boolean): number;

  get_dataset_metadata(file: bigint, path: string): StoredMetadata;
  /** HDF5's numbers of the filters that the data goes through, and their names */
  get_dataset_filters(file: bigint, path: string): readonly { readonly id: number; readonly name: string }[];
  get_dataset_data(file: bigint, path: string, count: bigint[] | null, offset: bigint[] | null, stride: bigint[] | null, pointer: bigint): number;
  set_dataset_data(file: bigint, path: string, count: bigint[] | null, offset: bigint[] | null, stride: bigint[] | null, pointer: bigint): number;
  create_dataset(file: bigint, path: string, pointer: bigint, metadata: NewMetadata): number;
  resize_dataset(file: bigint, path: string, shape: bigint[]): number;

  get_attribute_names(file: bigint, path: string): string[];
  get_attribute_metadata(file: bigint, path: string, name: string): StoredMetadata;
  get_attribute_data(file: bigint, path: string, name: string, pointer: bigint): number;
  create_attribute(file: bigint, path: string, name: string, pointer: bigint, metadata: NewMetadata): number;
  create_vlen_str_attribute(file: bigint, path: string, name: string, texts: string[], metadata: NewMetadata): number;
  delete_attribute(file: bigint, path: string, name: string): number;
  reclaim_vlen_memory(file: bigint, path: string, name: string, pointer: bigint): number;

  insert_plugin_search_path(path: string, index: number): number;
}

/** HDF5's numbers for the classes of types. */
export const typeClass = { integer: 0, float: 1, string: 3, opaque: 5, compound: 6, enum: 8 } as const;

/** HDF5's numbers for kinds of objects (H5G_GROUP, H5G_DATASET); -1 when there is no such object. */
export const objectType = { group: 0, dataset: 1 } as const;

export interface StoredType {
  /** one of typeClass */
  readonly type: number;
  /** bytes of one element */
  readonly size: number;
  readonly signed: boolean;
  readonly littleEndian: boolean;
  /** a variable-length string */
  readonly vlen: boolean;
  readonly compound_type?: { readonly members: readonly (StoredType & { readonly name: string })[] };
  readonly enum_type?: { readonly members: Readonly<Record<string, number>> };
}

export interface StoredMetadata extends StoredType {
  /** null: the "null" dataspace, which holds nothing */
  readonly shape: readonly number[] | null;
  readonly chunks: readonly number[] | null;
  /** elements, not bytes */
  readonly total_size: number;
}

export interface NewType {
  readonly type: number;
  readonly size: number;
  readonly signed?: boolean;
  readonly vlen?: boolean;
  readonly cset?: number;
  readonly compound_type?: { readonly nmembers: number; readonly members: readonly (NewType & { readonly name: string; readonly offset: number })[] };
}

export interface NewMetadata extends NewType {
  readonly shape: readonly bigint[];
  readonly maxshape?: readonly bigint[];
  readonly chunks?: readonly bigint[] | null;
  /** the id of one filter and its parameters; 0 for none */
  readonly compression?: number;
  readonly compression_opts?: readonly number[];
}

export const deflateFilter = 1;

/** emscripten's file system, which goes straight to Node's. Its functions are looked up on each call, so they can be replaced. */
export interface EmscriptenFs {
  open: (path: string, flags: number | string, mode?: number) => unknown;
  read: (stream: EmscriptenStream, buffer: Uint8Array, offset: number, length: number, position?: number) => number;
  write: (stream: EmscriptenStream, buffer: Uint8Array, offset: number, length: number, position?: number) => number;
  ftruncate: (fd: number, length: number) => void;
  readonly streams: readonly (EmscriptenStream | null | undefined)[];
  readonly ErrnoError: new (errno: number) => Error;
}

interface EmscriptenStream {
  /** emscripten's number, and Node's */
  readonly fd: number;
  readonly nfd: number;
  readonly path: string;
  position: number;
}
