/**
 * What every process of the demo gets of the surrounding environment: all but settings of Sluice that belong to
 * another server. What they print goes to files: no colours.
 */
export function inheritedEnv(source: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [key, value] of Object.entries(source))
    if (value !== undefined && (!key.startsWith('SLUICE_') || key === 'SLUICE_LANG')) env[key] = value;
  return { ...env, NO_COLOR: '1', NODE_ENV: 'production' };
}
