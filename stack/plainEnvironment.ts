/** The environment for servers and tools: none of the settings and secrets of this process. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8' };
  for (const name of Object.keys(env)) if (name.startsWith('ONHAND_')) delete env[name];
  return env;
}
