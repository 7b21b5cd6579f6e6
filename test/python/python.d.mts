/** How to run a Python Coral. */
export interface PythonCoral {
  readonly version: string;
  readonly python: string;
  readonly env: Readonly<Record<string, string>>;
}

export declare const python: string;
export declare const pythonModules: readonly string[];
export declare const coralOfPip: PythonCoral | undefined;
export declare const coralWithRemotes: PythonCoral | undefined;
export declare const corals: readonly { readonly version: string; readonly coral: PythonCoral | undefined; readonly missing: string | undefined }[];
