/** Runs `work` with these variables set (undefined: unset) and puts the old ones back. */
export async function withEnvironment(variables: Readonly<Record<string, string | undefined>>, work: () => Promise<void>): Promise<void> {
  const set = (values: typeof variables): void => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  set(variables);
  try {
    await work();
  } finally {
    set(before);
  }
}
